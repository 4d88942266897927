import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clientAddress } from './client-address.ts';

function from(peer: string, forwarded?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwarded !== undefined) request.headers['x-forwarded-for'] = forwarded;
  return request;
}

describe('the address of who asks', () => {
  it('is the peer’s own without a trusted proxy', () => {
    expect(clientAddress([], from('::ffff:192.0.2.7', '198.51.100.1'))).toBe('192.0.2.7');
  });

  it('is what the trusted proxy wrote, not what was sent along', () => {
    expect(clientAddress(['192.0.2.1'], from('192.0.2.1', '203.0.113.9, 198.51.100.1'))).toBe('198.51.100.1');
  });

  it('is the proxy’s where it wrote no address', () => {
    expect(clientAddress(['192.0.2.1'], from('192.0.2.1', 'unknown'))).toBe('192.0.2.1');
  });
});
