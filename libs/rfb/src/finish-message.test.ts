import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENCODING } from './encodings.ts';
import {
  encodeBell,
  encodeRectangleHead,
  encodeServerCutText,
  encodeUpdateHead,
} from './messages-to-seat.ts';
import { ServerStreamWalker } from './server-stream-walker.ts';
import { concat, cutAt } from './test-bytes.ts';
import { playStep, testStep } from './test-stream.ts';

const SIZE = { width: 40, height: 36 };
const UPDATE_HEAD_BYTES = 4;

function walkerOf(events: string[] = []): ServerStreamWalker {
  return new ServerStreamWalker({ ...SIZE, emit: ({ type }) => events.push(type) });
}

/** Updates of several rectangles each, a bell and a cut text between them, and Tight, which nothing but its host ends. */
const stream = fc
  .array(fc.array(testStep, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  .map((updates) => {
    const picture = { ...SIZE, pixels: new Array<number>(SIZE.width * SIZE.height).fill(0) };
    const tight = concat(
      encodeRectangleHead({ x: 0, y: 0, width: 8, height: 8 }, ENCODING.tight),
      Uint8Array.of(0, 5, 1, 2, 3, 4, 5),
    );
    return concat(
      ...updates.flatMap((steps) => [
        encodeUpdateHead(steps.length + 1),
        ...steps.map((step) => playStep(picture, step).subarray(UPDATE_HEAD_BYTES)),
        tight,
        encodeBell(),
        encodeServerCutText(Uint8Array.of(1, 2, 3)),
      ]),
    );
  });

describe('a message that its host left half', () => {
  it('is brought to an end for a viewer, wherever it was cut, by its rectangles or by LastRect', () => {
    fc.assert(
      fc.property(stream, fc.nat(), fc.nat(), fc.boolean(), (bytes, where, chunk, knowsLastRect) => {
        const end = where % (bytes.length + 1);
        const host = walkerOf();
        for (const part of cutAt(bytes.subarray(0, end), [chunk % (end + 1)])) host.push(part);
        const passable = host.passableOffset;
        expect(passable).toBeLessThanOrEqual(end);
        const wasWhole = host.atBoundary;
        const rest = host.finish(knowsLastRect);
        if (wasWhole) expect(rest).toEqual([]);
        const viewer = walkerOf();
        viewer.push(bytes.subarray(0, passable));
        for (const part of rest) viewer.push(part);
        expect(viewer.atBoundary).toBe(true);
        expect(() => host.push(encodeBell())).toThrow();
      }),
      { numRuns: 400 },
    );
  });

  it('is never passed up to the middle of what has memory', () => {
    const head = concat(
      encodeUpdateHead(1),
      encodeRectangleHead({ x: 0, y: 0, width: 8, height: 8 }, ENCODING.tight),
    );
    const host = walkerOf();
    host.push(concat(head, Uint8Array.of(0, 5, 1, 2)));
    expect(host.passableOffset).toBe(UPDATE_HEAD_BYTES);
    host.push(Uint8Array.of(3, 4, 5));
    expect(host.passableOffset).toBe(head.length + 7);
    expect(host.atBoundary).toBe(true);
  });
});
