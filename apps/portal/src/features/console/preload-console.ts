/** Loads the viewers on intent alone: they are most of a console's script (design §8). */
export function preloadConsole(): void {
  void import('./screen-viewer.ts');
}
