// node --import tsx ws-pipe-process.ts PORT HOST-PORT CA-FILE: a WebSocket on one side, pinned TLS with CONNECT on the
// other, backpressure both ways, and nothing of rights, passes, logs or protocols.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createSecureContext } from 'node:tls';
import { WebSocketServer } from 'ws';

/** Bytes that may wait for a browser before its host is held back. */
const QUEUED_BYTES = 1_048_576;

const [port, hostPort, caFile] = process.argv.slice(2);
const secureContext = createSecureContext({ ca: readFileSync(caFile ?? '') });
const webSockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false });

const server = createServer().on('upgrade', (request, browser, head) => {
  const reference = new URL(request.url ?? '', 'http://pipe').searchParams.get('ref');
  webSockets.handleUpgrade(request, browser, head, (socket) => {
    const host = connect({
      host: '127.0.0.1',
      port: Number(hostPort),
      secureContext,
      checkServerIdentity: () => undefined,
    });
    host.setNoDelay(true);
    let answer: Buffer | null = Buffer.alloc(0);
    host.on('secureConnect', () =>
      host.write(`CONNECT /console?ref=${reference} HTTP/1.0\r\nHost: host\r\n\r\n`),
    );
    host.on('data', (chunk: Buffer) => {
      let bytes = chunk;
      if (answer !== null) {
        answer = Buffer.concat([answer, chunk]);
        const end = answer.indexOf('\r\n\r\n');
        if (end === -1) return;
        bytes = answer.subarray(end + 4);
        answer = null;
        socket.resume();
        if (bytes.length === 0) return;
      }
      socket.send(bytes);
      if (socket.bufferedAmount > QUEUED_BYTES) host.pause();
    });
    browser.on('drain', () => host.resume());
    // What a browser says before its console is there must wait, not go before the answer.
    socket.pause();
    socket.on('message', (data: Buffer) => {
      if (!host.write(data)) socket.pause();
    });
    host.on('drain', () => socket.resume());
    host.on('close', () => socket.close()).on('error', () => host.destroy());
    socket.on('close', () => host.destroy()).on('error', () => host.destroy());
  });
});
server.listen(Number(port), '127.0.0.1');
