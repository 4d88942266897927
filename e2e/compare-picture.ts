import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { control } from './control.ts';

const DUMP = path.join(import.meta.dirname, '../reports/screendump.png');

export interface PictureDifference {
  /** Size of both pictures, `720x400`; two sizes where they differ. */
  size: string;
  /** Pixels whose colour is not the same in both. */
  differing: number;
  /** Distinct colours on the canvas: a black canvas proves nothing. */
  colours: number;
}

/** Compares what the browser painted with what the guest's own graphics card shows, pixel by pixel. */
export async function compareWithGuest(page: Page): Promise<PictureDifference> {
  const canvas = await page.evaluate(() => {
    const element = document.querySelector<HTMLCanvasElement>('[data-testid="console-canvas-host"] canvas');
    return element === null ? null : element.toDataURL('image/png').split(',')[1];
  });
  await control('screendump', { path: DUMP });
  if (canvas === null || canvas === undefined) throw new Error('there is no canvas on the page');
  const painted = PNG.sync.read(Buffer.from(canvas, 'base64'));
  const truth = PNG.sync.read(readFileSync(DUMP));
  if (painted.width !== truth.width || painted.height !== truth.height) {
    const size = `${painted.width}x${painted.height} on the canvas, ${truth.width}x${truth.height} at the guest`;
    return { size, differing: Number.POSITIVE_INFINITY, colours: 0 };
  }
  let differing = 0;
  const colours = new Set<number>();
  for (let offset = 0; offset < truth.data.length; offset += 4) {
    const seen = painted.data.readUIntBE(offset, 3);
    colours.add(seen);
    if (seen !== truth.data.readUIntBE(offset, 3)) differing++;
  }
  return { size: `${truth.width}x${truth.height}`, differing, colours: colours.size };
}
