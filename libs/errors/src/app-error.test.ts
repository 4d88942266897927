import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ForbiddenError, NotFoundError } from './access-errors.ts';
import { AppError, codeOf, DEFAULT_PUBLIC_MESSAGE } from './app-error.ts';
import { Secret } from './secret.ts';

describe('AppError', () => {
  it('keeps code, public words and details apart', () => {
    const error = new AppError({
      code: 'ticket/expired',
      publicMessage: 'Too late.',
      details: { ticketId: 't1' },
    });
    expect(error).toMatchObject({
      code: 'ticket/expired',
      publicMessage: 'Too late.',
      details: { ticketId: 't1' },
    });
    expect(error.message).toBe('ticket/expired: Too late.');
  });

  it('has words for people even if nobody wrote any', () => {
    expect(new AppError({ code: 'db/away' }).publicMessage).toBe(DEFAULT_PUBLIC_MESSAGE);
  });

  it('knows its own kind from others', () => {
    expect(codeOf(new NotFoundError('vm'))).toBe('vm/not-found');
    expect(codeOf(new Error('x'))).toBeNull();
  });

  it('never tells a stranger which refusal it was', () => {
    expect(new NotFoundError('vm', { why: 'foreign' }).publicMessage).toBe(
      new NotFoundError('vm').publicMessage,
    );
    expect(new ForbiddenError('no grant').publicMessage).not.toContain('grant');
  });
});

describe('Secret', () => {
  const secret = new Secret('hunter2-hunter2');
  it('prints nothing of its value by any road', () => {
    for (const text of [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)]) {
      expect(text).not.toContain('hunter2');
      expect(text).toContain('[redacted]');
    }
  });

  it('gives the value to who asks by name', () => {
    expect(secret.reveal()).toBe('hunter2-hunter2');
  });
});
