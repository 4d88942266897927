import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { writeBinaryMessage } from './binary-message.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A WebSocket over loopback, both ends by `ws`, and the connection under the server's. */
async function pair() {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const opened = new Promise<{ socket: WebSocket; connection: Duplex }>((resolve) =>
    server.on('upgrade', (request, connection, head) =>
      sockets.handleUpgrade(request, connection, head, (socket) => resolve({ socket, connection })),
    ),
  );
  const client = new WebSocket(`ws://127.0.0.1:${port}`);
  const heard: string[] = [];
  client.on('message', (data: Buffer, isBinary) =>
    heard.push(isBinary ? `binary ${data.length} ${sum(data)}` : `text ${data}`),
  );
  client.on('ping', (data) => heard.push(`ping ${data}`));
  client.on('close', (code, reason) => heard.push(`close ${code} ${reason}`));
  await once(client, 'open');
  ends.push(() => {
    client.terminate();
    server.close();
  });
  return { client, heard, ...(await opened) };
}

const sum = (bytes: Uint8Array) =>
  bytes.reduce((total, byte, at) => (total + byte * (1 + (at % 251))) >>> 0, 0);
const filled = (length: number) => Uint8Array.from({ length }, (_, at) => at % 253);
const binary = (bytes: Uint8Array) => `binary ${bytes.length} ${sum(bytes)}`;

describe('a binary message past ws', () => {
  it('is read as one message at every form of length', async () => {
    const { heard, connection, socket, client } = await pair();
    const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000];
    for (const length of lengths) writeBinaryMessage(connection, [filled(length)], length);
    socket.close(1000, 'done');
    await once(client, 'close');
    expect(heard).toEqual([...lengths.map((length) => binary(filled(length))), 'close 1000 done']);
  });

  it('is put together of parts that are not copied', async () => {
    const { heard, connection, socket, client } = await pair();
    const whole = filled(50_000);
    const parts = [whole.subarray(0, 3), whole.subarray(3, 20_000), whole.subarray(20_000)];
    writeBinaryMessage(connection, parts, whole.length);
    socket.close();
    await once(client, 'close');
    expect(heard[0]).toBe(binary(whole));
  });

  it('keeps its place among what ws itself writes, also while the kernel takes nothing', async () => {
    const { heard, connection, socket, client } = await pair();
    client.pause();
    const said: string[] = [];
    const large = filled(700_000);
    // More than the kernel's buffers of both ends hold.
    for (let round = 0; round < 40; round += 1) {
      const part = large.subarray(round);
      writeBinaryMessage(connection, [part], part.length);
      said.push(binary(part));
      socket.send(`round ${round}`);
      said.push(`text round ${round}`);
      socket.ping(`${round}`);
      said.push(`ping ${round}`);
    }
    await wait(50);
    expect(connection.writableLength).toBeGreaterThan(0);
    expect(socket.bufferedAmount).toBe(connection.writableLength);
    socket.close(4000, 'drain');
    client.resume();
    await once(client, 'close');
    expect(heard).toEqual([...said, 'close 4000 drain']);
    expect(connection.writableLength).toBe(0);
  });
});
