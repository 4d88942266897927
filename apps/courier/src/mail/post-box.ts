import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { Env } from '../env.ts';
import type { WrittenMail } from './write-mail.ts';

/** How long the server may take for each, in milliseconds; all of them together stay under the two minutes of a taken mail. */
export const CONNECT_TIMEOUT_MS = 10_000;
export const GREETING_TIMEOUT_MS = 10_000;
export const SILENCE_TIMEOUT_MS = 20_000;
/** One mail, everything included. */
export const WHOLE_TIMEOUT_MS = 60_000;

/** Hands mails to the next server. */
export interface PostBox {
  /**
   * @param to one address, taken as one whatever stands in it
   * @throws Error of nodemailer, for {@link judgeFailure}
   */
  post(to: string, mail: WrittenMail): Promise<void>;
}

/**
 * A post box over SMTP: one connection for each mail, certificates always verified, no file and no address of the web ever
 * read into a mail. The password is read at each sending, so a changed one is taken up.
 */
export function smtpPostBox({ smtp, from }: Pick<Env, 'smtp' | 'from'>): PostBox {
  const { host, port, tls, user, passwordFile, caFile } = smtp;
  return {
    async post(to, { subject, text, html }) {
      const transport = createTransport({
        host,
        port,
        secure: tls === 'tls',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        tls: {
          minVersion: 'TLSv1.2',
          rejectUnauthorized: true,
          ...(caFile === null ? {} : { ca: readFileSync(caFile, 'utf8') }),
        },
        ...(user === null || passwordFile === null
          ? {}
          : { auth: { user, pass: readFileSync(passwordFile, 'utf8').trim() } }),
        connectionTimeout: CONNECT_TIMEOUT_MS,
        greetingTimeout: GREETING_TIMEOUT_MS,
        socketTimeout: SILENCE_TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      try {
        await within(
          WHOLE_TIMEOUT_MS,
          transport.sendMail({
            from,
            to: { name: '', address: to },
            subject,
            text,
            html,
            // So that no holiday answers it (RFC 3834).
            headers: { 'Auto-Submitted': 'auto-generated' },
          }),
        );
      } finally {
        transport.close();
      }
    },
  };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('took too long'), { code: 'ETIMEDOUT' })), ms);
  });
  try {
    await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
