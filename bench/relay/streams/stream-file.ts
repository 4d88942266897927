import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ServerStreamWalker } from '@porthole/rfb';

/** The encodings in which a guest's screen was recorded (record-streams.ts). */
export const STREAMS = ['raw', 'hextile', 'tight'] as const;
export type StreamName = (typeof STREAMS)[number];

/** The screen of which all were recorded: a console of text. */
export const RECORDED_SIZE = { width: 720, height: 400 };

/** What a host says behind its ServerInit, as whole updates: the first is the whole picture, and after the last it may begin anew. */
export interface RecordedStream {
  readonly bytes: Buffer;
  readonly updates: readonly Buffer[];
}

export function streamFile(name: StreamName): string {
  return path.join(import.meta.dirname, `text-screen.${name}.gz`);
}

export function readStream(name: StreamName): RecordedStream {
  const bytes = gunzipSync(readFileSync(streamFile(name)));
  const updates: Buffer[] = [];
  const walker = new ServerStreamWalker({
    ...RECORDED_SIZE,
    emit: (event) => {
      if (event.type === 'message-end' && event.update !== null)
        updates.push(bytes.subarray(event.start, event.end));
    },
  });
  walker.push(bytes);
  return { bytes, updates };
}
