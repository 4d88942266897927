import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:tls';
import { makeTestCertificate } from '../../libs/egress/src/test-certificates.ts';

/** A host of the attacker's: good TLS, an ear, and no answer. */
export interface CanaryHost {
  port: number;
  /** SHA-256 of its certificate, `AA:BB:…`. */
  fingerprint256: string;
  /** TCP connections: a client that sees the wrong certificate may leave before the server knows of the handshake. */
  connections(): number;
  /** Every byte that was said to it inside TLS. */
  heard(): Buffer;
  stop(): Promise<void>;
}

export async function startCanaryHost(): Promise<CanaryHost> {
  const certificate = makeTestCertificate();
  const chunks: Buffer[] = [];
  let connections = 0;
  const server = createServer(certificate, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      chunks.push(bytes);
      socket.destroy();
    });
    socket.on('end', () => socket.destroy());
  });
  server.on('connection', () => {
    connections += 1;
  });
  // A refusing client resets the connection in the middle of the handshake: that is what is hoped for.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the canary has no port');
  return {
    port: address.port,
    fingerprint256: new X509Certificate(certificate.cert).fingerprint256,
    connections: () => connections,
    heard: () => Buffer.concat(chunks),
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}
