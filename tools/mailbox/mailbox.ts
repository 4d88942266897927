import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { mailboxPage } from './mailbox-page.ts';

/** The newest are kept; a demo that mails more has other troubles. */
const KEPT = 200;
const MAX_MAIL_BYTES = 1024 * 1024;
const HOST = '127.0.0.1';

export interface CaughtMail {
  to: string;
  subject: string;
  text: string;
  html: string;
  at: string;
}

export interface Mailbox {
  smtpPort: number;
  /** Where a person reads what was caught; `/mails.json` for tests. */
  address: string;
  /** The newest first. */
  mails(): readonly CaughtMail[];
  /** Answers every mail with this from now on, as a real server would; null takes mails again. */
  refuse(answer: { code: number; words: string } | null): void;
  stop(): Promise<void>;
}

/** Who may send, and by what certificate the line is secured first; without it anybody may, in the open. */
export interface MailboxDoor {
  key: string;
  cert: string;
  user: string;
  password: string;
}

/**
 * Catches every mail that is sent to it, whoever it is for, and shows them on a page: for `npm start` and tests. It listens
 * on loopback alone and is no part of the product.
 */
export async function startMailbox(door: MailboxDoor | null = null): Promise<Mailbox> {
  const caught: CaughtMail[] = [];
  let refusal: { code: number; words: string } | null = null;
  const smtp = new SMTPServer({
    ...(door === null ? { authOptional: true, disabledCommands: ['AUTH', 'STARTTLS'] } : doorOptions(door)),
    size: MAX_MAIL_BYTES,
    logger: false,
    onRcptTo(_address, _session, done) {
      if (refusal === null) done();
      else done(Object.assign(new Error(refusal.words), { responseCode: refusal.code }));
    },
    onData(stream, session, done) {
      simpleParser(stream).then(
        ({ subject = '', text = '', html }) => {
          const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
          caught.unshift({ to, subject, text, html: html || '', at: new Date().toISOString() });
          caught.splice(KEPT);
          done();
        },
        (error: Error) => done(error),
      );
    },
  });
  // A courier that is killed mid-sentence is its own affair.
  smtp.on('error', () => undefined);
  const smtpPort = await listening(smtp.listen(0, HOST));
  const page = createServer((request, response) => {
    if (request.url === '/mails.json') answer(response, 'application/json', JSON.stringify(caught));
    else if (request.url === '/') answer(response, 'text/html; charset=utf-8', mailboxPage(caught));
    else response.writeHead(404).end();
  });
  const pagePort = await listening(page.listen(0, HOST));
  return {
    smtpPort,
    address: `http://localhost:${pagePort}`,
    mails: () => caught,
    refuse: (next) => {
      refusal = next;
    },
    async stop() {
      page.closeAllConnections();
      await Promise.all([
        new Promise((resolve) => smtp.close(() => resolve(null))),
        new Promise((resolve) => page.close(() => resolve(null))),
      ]);
    },
  };
}

/** As a real server: STARTTLS first, then the account, then mail. */
function doorOptions({ key, cert, user, password }: MailboxDoor): SMTPServerOptions {
  return {
    key,
    cert,
    onAuth({ username, password: shown }, _session, done) {
      if (username === user && shown === password) done(null, { user });
      else done(Object.assign(new Error('wrong account'), { responseCode: 535 }));
    },
  };
}

function answer(response: ServerResponse, type: string, body: string): void {
  response
    .writeHead(200, {
      'content-type': type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    })
    .end(body);
}

async function listening(server: Server): Promise<number> {
  if (!server.listening)
    await new Promise<void>((resolve, reject) => {
      server.once('listening', resolve);
      server.once('error', reject);
    });
  const { port } = server.address() as AddressInfo;
  return port;
}
