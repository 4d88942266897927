import { describe, expect, it } from 'vitest';
import { CALLS, callOf } from './calls.ts';
import { OutOfScopeError } from './token-error.ts';
import { TOKEN_SCOPES } from './token-scopes.ts';

const forTokens = Object.entries(CALLS).flatMap(([path, { scope }]) => (scope === null ? [] : [path]));

describe('what is said of the calls', () => {
  it.each(['constructor', '__proto__', 'toString', 'machines', 'machines.', 'machines.List', ''])(
    'is nothing of %j, which is no',
    (path) => expect(callOf(path)).toBeNull(),
  );

  it('keeps tokens out of every room where people prove who they are, or decide as people', () => {
    const closed =
      /^(?:auth|console|door|guests|invitations|links|organisations|people|policy|requests|singleSignOn|tokens)\./;
    expect(forTokens.filter((path) => closed.test(path))).toEqual([]);
  });

  it('lets tokens change nothing but power, access, checks, and the log by checking it', () => {
    const reads =
      /\.(?:list|get|changed|operations|receivers|preview|ofMachine|ofPerson|seats|event|read|machines|impact)$/;
    expect(forTokens.filter((path) => !reads.test(path)).sort()).toEqual([
      'checks.cancel',
      'checks.run',
      'grants.end',
      'grants.give',
      'log.verify',
      'power.cancel',
      'power.request',
    ]);
  });

  it('gives every call a sentence and says who may', () => {
    for (const [path, { does, who }] of Object.entries(CALLS))
      expect([path, does, who]).toEqual([
        path,
        expect.stringMatching(/^[A-Z].*\.$/),
        expect.stringMatching(/^[A-Z].*\.$/),
      ]);
  });
});

describe('a refusal', () => {
  it('names the scope that is missing, and what to do', () => {
    for (const scope of TOKEN_SCOPES) {
      const error = new OutOfScopeError({ scope, does: '', who: '' });
      expect([error.code, error.publicMessage]).toEqual([
        'token/out-of-scope',
        `This API token lacks the scope “${scope}”. Scopes of a token don’t change: make another with it.`,
      ]);
    }
  });

  it('of a call that nobody declared says that tokens can’t', () => {
    expect(new OutOfScopeError(null).publicMessage).toBe(
      'API tokens can’t make this call. Sign in to Porthole in a browser for it.',
    );
  });
});
