import type { Duplex } from 'node:stream';

/** All that the relay answers before a valid ticket (architecture §7). */
export type RefusalStatus = 401 | 431 | 503;

const REFUSALS: Record<RefusalStatus, Buffer> = {
  401: answer('401 Unauthorized'),
  431: answer('431 Request Header Fields Too Large'),
  503: answer('503 Service Unavailable', 'Retry-After: 5\r\n'),
};

/**
 * Answers and closes. Every refusal of a status is the same bytes, whatever was wrong: what must not be told apart
 * outside is in the log alone (security.md §2.6).
 */
export function refuseUpgrade(socket: Duplex, status: RefusalStatus): void {
  if (socket.destroyed) return;
  socket.end(REFUSALS[status], () => socket.destroy());
}

function answer(status: string, more = ''): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${more}\r\n`);
}
