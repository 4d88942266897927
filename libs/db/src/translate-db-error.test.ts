import { AppError } from '@porthole/errors';
import { describe, expect, it } from 'vitest';
import { sqlStateOf, translateDbError } from './translate-db-error.ts';

const errorWith = (fields: Record<string, unknown>, message = 'x') =>
  Object.assign(new Error(message), fields);

describe('an error of the database', () => {
  it.each([
    ['db/away', errorWith({ code: 'ECONNREFUSED' })],
    ['db/away', errorWith({ code: '57P01' })],
    ['db/away', errorWith({ code: '08006' })],
    ['db/away', errorWith({ code: 'P1001' })],
    ['db/away', errorWith({}, 'Connection terminated unexpectedly')],
    ['db/away', errorWith({}, 'timeout exceeded when trying to connect')],
    ['db/away', new AggregateError([errorWith({ code: 'ECONNREFUSED' })])],
    ['db/away', errorWith({ code: '28P01' })],
    ['db/busy', errorWith({ code: '57014' })],
    ['db/busy', errorWith({ code: '55P03' })],
    ['db/busy', errorWith({ code: '40P01' })],
    ['db/busy', errorWith({ code: 'P2024' })],
    ['db/conflict', errorWith({ code: '23505' })],
    ['db/conflict', errorWith({ code: '23503' })],
    ['db/conflict', errorWith({ code: 'P2002' })],
    ['db/invalid', errorWith({ code: '23514' })],
    ['db/invalid', errorWith({ code: '22P02' })],
    ['db/refused', errorWith({ code: '42501' })],
    ['db/not-found', errorWith({ code: 'P2025' })],
    [
      'db/refused',
      errorWith({ code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '42501' } } } }),
    ],
    ['db/invalid', errorWith({ cause: { kind: 'postgres', originalCode: '23514' } })],
  ])('reads %s from the outside or from deep within', (code, error) => {
    expect(translateDbError(error)).toMatchObject({ code, cause: error });
  });

  it('is left alone where it is ours already, or a bug', () => {
    const ours = new AppError({ code: 'vm/not-found' });
    const bug = new TypeError('x is undefined');
    expect(translateDbError(ours)).toBe(ours);
    expect(translateDbError(bug)).toBe(bug);
  });

  it('tells a browser nothing of the driver’s words', () => {
    const translated = translateDbError(
      errorWith({ code: '23505', detail: 'Key (email)=(mira@acme.example)' }),
    );
    expect(JSON.stringify(translated)).not.toContain('mira');
  });

  it('keeps its SQLSTATE readable for who raised it', () => {
    expect(sqlStateOf(errorWith({ code: 'PH409' }))).toBe('PH409');
    expect(sqlStateOf(errorWith({ cause: { originalCode: 'PH404' } }))).toBe('PH404');
    expect(sqlStateOf(errorWith({ code: 'P2002' }))).toBeNull();
    expect(sqlStateOf(new Error('x'))).toBeNull();
  });
});
