import type { ScreenKey } from './screen-keys.ts';

/** What the bar asks of whichever viewer is shown. */
export interface ViewerControls {
  focus(): void;
  blur(): void;
  releaseKeys(): void;
  sendCtrlAltDel(): void;
  sendKeys(keys: readonly ScreenKey[]): void;
  savePicture(): void;
}
