import type { ConsoleKind } from '@porthole/relay-contract';

/** Loads the viewer on intent alone: the viewers are most of a console's script (design §8). */
export function preloadConsole(kind: ConsoleKind): void {
  void (kind === 'text' ? import('./text-viewer.ts') : import('./screen-viewer.ts'));
}
