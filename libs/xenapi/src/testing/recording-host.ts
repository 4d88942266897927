import { EventEmitter } from 'node:events';
import type { ConnectPinned, PinnedSocket } from '@porthole/egress';

/** A host that keeps what it is told and answers with given bytes; nothing is dialled. */
export class RecordingHost {
  heard = '';
  readonly targets: string[] = [];
  readonly #answer: string;

  constructor(answer: string) {
    this.#answer = answer;
  }

  readonly connect: ConnectPinned = async (_policy, { host, port }) => {
    this.targets.push(`${host} ${port}`);
    return this.#socket();
  };

  #socket(): PinnedSocket {
    const answer = Buffer.from(this.#answer);
    let isRead = false;
    const socket = Object.assign(new EventEmitter(), {
      expired: false,
      destroyed: false,
      cork: () => undefined,
      uncork: () => undefined,
      destroy: () => undefined,
      read: () => {
        if (isRead) return null;
        isRead = true;
        return answer;
      },
      write: (bytes: Uint8Array) => {
        this.heard += Buffer.from(bytes).toString('latin1');
        setImmediate(() => socket.emit('readable'));
        setImmediate(() => socket.emit('data', answer));
        return true;
      },
    });
    // What is left out of a socket is what no reader of an answer asks for.
    return socket as unknown as PinnedSocket;
  }
}
