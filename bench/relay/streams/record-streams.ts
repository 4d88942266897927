// node --import tsx bench/relay/streams/record-streams.ts: records what a real guest's screen says while text runs over
// it, once in each encoding, as the benchmark replays it. Needs what the tests with the real guest need (QEMU).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  clientHandshake,
  encodeSetEncodings,
  encodeSetPixelFormat,
  encodeUpdateRequest,
  ServerStreamWalker,
  WireRunner,
} from '@porthole/rfb';
import { startQemuGuest } from '../../../libs/fake-xenserver/src/qemu/start-qemu-guest.ts';
import { ensureGuestKernel } from '../../../tools/test-run/guest-kernel.ts';
import { type StreamName, streamFile } from './stream-file.ts';

/** Raw is whole pictures, so a few of them need this much; the others say far more with less. In bytes. */
const ENOUGH_BYTES: Record<StreamName, number> = { raw: 6_000_000, hextile: 1_000_000, tight: 400_000 };
const ENCODING_NUMBER: Record<StreamName, number> = { raw: 0, hextile: 5, tight: 7 };

const say = (line: string) => process.stderr.write(`${line}\n`);
const missing = ensureGuestKernel(say);
if (missing !== null) throw new Error(`missing: ${missing}`);
const workDir = mkdtempSync(path.join(os.tmpdir(), 'porthole-record-'));
const guest = await startQemuGuest({ workDir, hostname: 'bench' });
const serial = connect({ path: guest.serialPath });
serial.resume().write('while :; do dmesg | head -200; ls -lR /proc/self/; done > /dev/tty1 2>&1 &\n');
try {
  for (const name of ['raw', 'hextile', 'tight'] as const) {
    const { bytes, size } = await record(guest.vncPort, name);
    writeFileSync(streamFile(name), gzipSync(bytes, { level: 9 }));
    say(`${name}: ${bytes.length} bytes of a screen of ${size.width}x${size.height}`);
  }
} finally {
  serial.destroy();
  await guest.stop();
  rmSync(workDir, { recursive: true });
}

/** Whole updates, the first of them the whole picture. */
function record(port: number, name: StreamName) {
  return new Promise<{ bytes: Buffer; size: { width: number; height: number } }>((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    const handshake = new WireRunner(clientHandshake(), (bytes) => void socket.write(bytes));
    const chunks: Uint8Array[] = [];
    let walker: ServerStreamWalker | null = null;
    const ask = (incremental: boolean) => {
      if (walker !== null) socket.write(encodeUpdateRequest({ incremental, x: 0, y: 0, ...walker.size }));
    };
    socket.on('error', reject).on('data', (chunk) => {
      let rest: Uint8Array = chunk;
      if (walker === null) {
        const progress = handshake.push(chunk);
        if (!progress.done) return;
        const { width, height } = progress.value;
        let updates = 0;
        walker = new ServerStreamWalker({
          width,
          height,
          emit: ({ type }) => {
            if (type === 'message-end') {
              updates += 1;
              // Raw pictures are recorded whole, so that each of them is one long rectangle.
              ask(name !== 'raw' && updates > 0);
            }
          },
        });
        socket.write(encodeSetPixelFormat());
        socket.write(encodeSetEncodings([ENCODING_NUMBER[name]]));
        ask(false);
        rest = progress.rest;
      }
      chunks.push(rest);
      walker.push(rest);
      if (walker.offset < ENOUGH_BYTES[name] || !walker.atBoundary) return;
      socket.destroy();
      resolve({ bytes: Buffer.concat(chunks), size: walker.size });
    });
  });
}
