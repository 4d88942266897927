import { SignInWaitError } from '@porthole/auth';
import { AppError, ForbiddenError, NotFoundError } from '@porthole/errors';
import { TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { isOurFault, publicErrorOf, toTrpcError } from './translate-error.ts';

describe('our errors as tRPC’s', () => {
  it.each([
    [new NotFoundError('vm'), 'NOT_FOUND'],
    [new ForbiddenError('no-grant'), 'FORBIDDEN'],
    [new AppError({ code: 'auth/signed-out' }), 'UNAUTHORIZED'],
    [new AppError({ code: 'vm/off' }), 'PRECONDITION_FAILED'],
    [new AppError({ code: 'relay/none' }), 'SERVICE_UNAVAILABLE'],
    [new AppError({ code: 'db/away' }), 'SERVICE_UNAVAILABLE'],
    [new SignInWaitError(30), 'TOO_MANY_REQUESTS'],
    [new AppError({ code: 'vault/tampered' }), 'INTERNAL_SERVER_ERROR'],
    [new Error('anything'), 'INTERNAL_SERVER_ERROR'],
  ])('%s becomes %s', (error, code) => {
    expect(toTrpcError(error).code).toBe(code);
    expect(toTrpcError(toTrpcError(error)).code).toBe(code);
  });

  it('carry how long to wait', () => {
    expect(publicErrorOf(toTrpcError(new SignInWaitError(30)))).toMatchObject({
      appCode: 'auth/wait',
      retryAfterS: 30,
    });
  });

  it('give away nothing of a foreign error', () => {
    const error = toTrpcError(new Error('relation "vm" does not exist at 10.0.0.4'));
    expect(publicErrorOf(error)).toMatchObject({
      appCode: 'portal/failed',
      message: expect.not.stringMatching(/vm|10\.0/),
    });
    expect(isOurFault(error)).toBe(true);
  });

  it('are nobody’s fault when they are refusals or badly formed calls', () => {
    expect(isOurFault(toTrpcError(new NotFoundError('vm')))).toBe(false);
    expect(isOurFault(new TRPCError({ code: 'BAD_REQUEST' }))).toBe(false);
  });
});
