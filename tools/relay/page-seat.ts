import { codeOf } from '@porthole/errors';
import { CLOSE, type CloseKind, closeKindOf, type ServerMessage } from '@porthole/relay-contract';
import { BINDER_COOKIE } from '@porthole/tickets';
import { WebSocket } from 'ws';
import {
  ConsoleSocket,
  type ConsoleSocketDeps,
  type PassAnswer,
} from '../../apps/portal/src/features/console/console-socket.ts';
import { TEST_ORIGIN, type TestAsk, type TestPass, type TestRelay } from './test-relay.ts';

/** One life of a page's console: the pass it came with, and how the relay ended it. */
export interface PageVisit {
  readonly pass: TestPass;
  /** The host was reached; on `performance.now()`. */
  openedAt: number | null;
  endedAt: number | null;
  end: { readonly code: number; readonly kind: CloseKind | null } | null;
}

/**
 * The console page's own way of holding a console (console-socket.ts: passes, reconnects with full jitter), over a real
 * WebSocket, with passes from the relay that the portal chooses.
 */
export class PageSeat {
  readonly visits: PageVisit[] = [];
  readonly messages: ServerMessage[] = [];
  readonly #test: TestRelay;
  readonly #socket: ConsoleSocket;
  #first: TestPass | null;
  #over: string | null = null;

  /** @param first the pass that it was given already */
  constructor(test: TestRelay, ask: TestAsk, first: TestPass | null = null) {
    this.#test = test;
    this.#first = first;
    const deps: ConsoleSocketDeps = {
      askPass: () => this.#askPass(ask),
      askOutcome: async () => null,
      connect: (path, protocols, listener) => this.#connect(path, protocols, listener),
      now: () => Date.now(),
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      random: Math.random,
    };
    this.#socket = new ConsoleSocket(deps, (event) => {
      if (event.type === 'message') this.#hear(event.message);
      else if (event.type === 'ended') this.#over = JSON.stringify(event.end);
    });
    this.#socket.start();
  }

  /** The relay where its console is open right now. */
  get openAt(): string | null {
    const visit = this.visits.at(-1);
    return visit !== undefined && visit.openedAt !== null && visit.end === null ? visit.pass.relayId : null;
  }

  /** Why it gave up; null while it goes on. */
  get gaveUp(): string | null {
    return this.#over;
  }

  leave(): void {
    this.#socket.leave();
  }

  /** The page is closed without a word. */
  stop(): void {
    this.#socket.stop();
  }

  async #askPass(ask: TestAsk): Promise<PassAnswer> {
    try {
      const pass = this.#first ?? (await this.#test.issueAnywhere(ask));
      this.#first = null;
      this.visits.push({ pass, openedAt: null, endedAt: null, end: null });
      const path = `/console/ws/${pass.relayId}`;
      return { ticketId: pass.ticketId, ticket: pass.ticket.reveal(), path, kind: ask.kind ?? 'screen' };
    } catch (error) {
      // As the page does: these pass by themselves.
      const code = codeOf(error);
      if (code === 'relay/none') return { later: 'no-relay' };
      if (code === 'db/busy' || code === 'db/away') return { later: 'log-away' };
      throw error;
    }
  }

  #connect(
    path: string,
    protocols: string[],
    listener: Parameters<ConsoleSocketDeps['connect']>[2],
  ): ReturnType<ConsoleSocketDeps['connect']> {
    const visit = this.visits.at(-1);
    if (visit === undefined) throw new Error('nobody asked for a pass');
    const url = `ws://127.0.0.1:${this.#test.portOf(visit.pass.relayId)}${path}`;
    const socket = new WebSocket(url, protocols, {
      origin: TEST_ORIGIN,
      headers: { cookie: `${BINDER_COOKIE}=${this.#test.binderText}` },
      perMessageDeflate: false,
    });
    socket.binaryType = 'arraybuffer';
    // The end is told by `close`; without a listener an error would be thrown.
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => listener.message(isBinary ? data : String(data)));
    socket.on('close', (code, reason) => {
      visit.endedAt = performance.now();
      visit.end = { code, kind: closeKindOf(code, String(reason)) };
      listener.closed(code, String(reason));
    });
    return {
      get readyState() {
        return socket.readyState;
      },
      send: (data) => socket.send(data),
      close: (code = CLOSE.left.code, reason = '') => socket.close(code, reason),
    };
  }

  #hear(message: ServerMessage): void {
    this.messages.push(message);
    const visit = this.visits.at(-1);
    if (message.type === 'state' && message.state === 'open' && visit !== undefined)
      visit.openedAt ??= performance.now();
  }
}
