import type { Page } from '@playwright/test';

export interface RawOutcome {
  opened: boolean;
  code: number;
  reason: string;
  receipt: { inputEvents: number; inputDropped: number } | null;
}

/**
 * A viewer that obeys nobody: inside the page it opens the socket with the ticket, speaks RFB by hand, sends the bytes
 * it is given, and leaves. What a modified noVNC could do, this does.
 *
 * @param bytes client messages to send once the session is up, in hex
 */
export async function openRaw(page: Page, path: string, ticket: string, bytes = ''): Promise<RawOutcome> {
  return page.evaluate(
    ([socketPath, pass, hex]) =>
      new Promise((resolve) => {
        const socket = new WebSocket(location.origin.replace('http', 'ws') + socketPath, [
          'porthole.v1',
          `porthole.ticket.${pass}`,
        ]);
        socket.binaryType = 'arraybuffer';
        const outcome = { opened: false, receipt: null as never };
        let buffered = new Uint8Array(0);
        let stage: 'version' | 'security' | 'result' | 'init' | 'up' = 'version';
        let minor = 8;
        const take = (count: number) => {
          if (buffered.length < count) return null;
          const head = buffered.slice(0, count);
          buffered = buffered.slice(count);
          return head;
        };
        const step = (): boolean => {
          if (stage === 'version') {
            const version = take(12);
            if (version === null) return false;
            minor = Number(new TextDecoder().decode(version).slice(8, 11));
            socket.send(version);
            stage = 'security';
            return true;
          }
          if (stage === 'security') {
            if (minor < 7) {
              if (take(4) === null) return false;
              socket.send(new Uint8Array([1]));
              stage = 'init';
              return true;
            }
            const count = buffered[0];
            if (count === undefined || take(1 + count) === null) return false;
            socket.send(new Uint8Array([1]));
            if (minor >= 8) stage = 'result';
            else {
              socket.send(new Uint8Array([1]));
              stage = 'init';
            }
            return true;
          }
          if (stage === 'result') {
            if (take(4) === null) return false;
            socket.send(new Uint8Array([1]));
            stage = 'init';
            return true;
          }
          if (stage === 'init') {
            if (buffered.length < 24) return false;
            stage = 'up';
            for (const part of hex.match(/../g) ?? [])
              socket.send(new Uint8Array([Number.parseInt(part, 16)]));
            setTimeout(() => socket.readyState === 1 && socket.send('{"type":"leave"}'), 800);
          }
          return false;
        };
        socket.onopen = () => {
          outcome.opened = true;
        };
        socket.onmessage = ({ data }) => {
          if (typeof data === 'string') {
            const message = JSON.parse(data);
            if (message.type === 'receipt') outcome.receipt = message.receipt as never;
            return;
          }
          const next = new Uint8Array(buffered.length + data.byteLength);
          next.set(buffered);
          next.set(new Uint8Array(data), buffered.length);
          buffered = next;
          while (step());
        };
        socket.onclose = ({ code, reason }) => resolve({ ...outcome, code, reason });
      }),
    [path, ticket, bytes] as const,
  );
}

/** KeyEvent down and up of one key (RFC 6143 §7.5.4), in hex. */
export function keyHex(keysym: number): string {
  const sym = keysym.toString(16).padStart(8, '0');
  return `04010000${sym}04000000${sym}`;
}
