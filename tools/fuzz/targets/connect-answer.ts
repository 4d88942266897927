import { readConnectAnswer, XenTunnelError } from '@porthole/xenapi';
import { Broken, type FuzzTarget, signOf } from '../fuzz-target.ts';

/** As security.md §4.6 has it. */
const LONGEST_HEAD = 8 * 1024;
const ANSWERS = [
  'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nCache-Control: no-cache, no-store\r\n\r\nRFB 003.008\n',
  'HTTP/1.0 200 OK\r\n\r\n',
  'HTTP/1.1 401 Unauthorised\r\nWWW-Authenticate:Basic realm="XenServer"\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 503 Connection Limit Exceeded\r\nContent-Type: text/html\r\n\r\n<html>',
  'HTTP/1.1 500 Internal Server Error\r\n\r\n',
];

/** What a host answers to CONNECT, and the first bytes of its console behind it. */
export const target: FuzzTarget = {
  name: 'connect-answer',
  streams: true,
  seeds: ANSWERS.map((text) => Buffer.from(text)),
  words: ['\r\n', '\r\n\r\n', 'HTTP/1.1 ', '200', ': ', '\0', ' ', 'x-'.repeat(200), '\n\n'].map((text) =>
    Buffer.from(text, 'latin1'),
  ),
  bounds: { heldBytes: 0, toldPerByte: 4, toldAtLeast: 128 },
  isRefusal: (error) => error instanceof XenTunnelError,
  begin: (tell) => {
    const reader = readConnectAnswer();
    const rest: Uint8Array[] = [];
    let given = 0;
    let answered = false;
    return {
      push: (bytes) => {
        given += bytes.length;
        // Behind its answer the stream is the console's: the reader is given nothing more.
        if (answered) {
          rest.push(bytes);
          return;
        }
        const answer = reader.push(bytes);
        if (answer === null) {
          if (given >= LONGEST_HEAD) throw new Broken(`${given} bytes without an end, and it waits for more`);
          return;
        }
        answered = true;
        if (given - answer.rest.length > LONGEST_HEAD) throw new Broken('a head above its limit was taken');
        if (answer.status < 100 || answer.status > 599)
          throw new Broken(`a status of ${answer.status} was taken`);
        tell(`status ${answer.status} ${JSON.stringify([answer.reason, ...answer.headers])}`);
        rest.push(new Uint8Array(answer.rest));
      },
      end: () => tell(answered ? `rest ${signOf(Buffer.concat(rest))}` : 'waits'),
    };
  },
};
