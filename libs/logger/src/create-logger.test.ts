import { AppError } from '@porthole/errors';
import { describe, expect, it } from 'vitest';
import { createLogger } from './create-logger.ts';

function capture() {
  const lines: string[] = [];
  const log = createLogger({ app: 'test', destination: { write: (line: string) => void lines.push(line) } });
  return { lines, log };
}

describe('the logger', () => {
  it('writes one JSON object a line with time, level and app', () => {
    const { lines, log } = capture();
    log.info({ consoleId: 'c1' }, 'seat admitted');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      app: 'test',
      level: 'info',
      consoleId: 'c1',
      msg: 'seat admitted',
    });
  });

  it('redacts every secret field, at the top and below', () => {
    const { lines, log } = capture();
    log.info({ password: 'canary-1', pool: { sessionRef: 'canary-2', auth: { ticket: 'canary-3' } } }, 'x');
    expect(lines.join('')).not.toMatch(/canary-/);
  });

  it('keeps code and cause of an error', () => {
    const { lines, log } = capture();
    log.error({ err: new AppError({ code: 'db/away', cause: new Error('ECONNREFUSED') }) }, 'no database');
    expect(lines[0]).toContain('db/away');
    expect(lines[0]).toContain('ECONNREFUSED');
  });

  it('keeps of an error what is known to be harmless: a driver’s own field may hold a row', () => {
    const { lines, log } = capture();
    const driver = Object.assign(new Error('violates check constraint'), {
      code: '23514',
      constraint: 'person_email_lower',
      detail: 'Failing row contains (canary-hash)',
      meta: { detail: 'canary-hash' },
      where: 'canary-hash',
    });
    log.error({ err: new AppError({ code: 'db/invalid', details: { n: 1 }, cause: driver }) }, 'x');
    log.error({ err: new AggregateError([driver], 'all of them') }, 'x');
    expect(lines.join('')).not.toContain('canary');
    expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
      type: 'AppError',
      code: 'db/invalid',
      details: { n: 1 },
      cause: { code: '23514', constraint: 'person_email_lower', message: 'violates check constraint' },
    });
    expect(JSON.parse(lines[1] ?? '').err.errors[0].code).toBe('23514');
  });

  it('cannot be made to write a second line', () => {
    const { lines, log } = capture();
    log.info({ name: 'a\n{"level":"fatal"}' }, 'x');
    expect(lines.join('').trim().split('\n')).toHaveLength(1);
  });
});
