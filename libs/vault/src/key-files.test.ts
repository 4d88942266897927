import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPrivateKeys, loadPublicKey, writeKeyPair } from './key-files.ts';

let dir: string;
let paths: { privatePath: string; publicPath: string };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vault-'));
  paths = { privatePath: join(dir, 'vault.key'), publicPath: join(dir, 'vault.pub') };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('key files', () => {
  it('are written as a pair of one kid, the private one for its owner alone', () => {
    const { kid } = writeKeyPair(paths);
    expect(loadPublicKey(paths.publicPath).kid).toBe(kid);
    expect([...loadPrivateKeys([paths.privatePath]).keys()]).toEqual([kid]);
    expect(statSync(paths.privatePath).mode & 0o777).toBe(0o600);
  });

  it('are never overwritten', () => {
    const { kid } = writeKeyPair(paths);
    expect(() => writeKeyPair(paths)).toThrow(expect.objectContaining({ code: 'vault/unreadable-key-file' }));
    expect(loadPublicKey(paths.publicPath).kid).toBe(kid);
  });

  it.each([0o400, 0o600])('open with mode %o', (mode) => {
    writeKeyPair(paths);
    chmodSync(paths.privatePath, mode);
    expect(loadPrivateKeys([paths.privatePath]).size).toBe(1);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o610])(
    'are refused with mode %o, in words that say what to do',
    (mode) => {
      writeKeyPair(paths);
      chmodSync(paths.privatePath, mode);
      expect(() => loadPrivateKeys([paths.privatePath])).toThrow(
        expect.objectContaining({
          code: 'vault/exposed-key-file',
          publicMessage: expect.stringMatching(/mode 0\d{3}.*0400 or 0600/),
        }),
      );
    },
  );

  it('say which file is missing', () => {
    for (const load of [() => loadPublicKey(paths.publicPath), () => loadPrivateKeys([paths.privatePath])]) {
      expect(load).toThrow(
        expect.objectContaining({
          code: 'vault/unreadable-key-file',
          publicMessage: expect.stringContaining(dir),
        }),
      );
    }
  });

  it('are refused when they hold something else, and the error repeats none of it', () => {
    writeFileSync(paths.privatePath, 'canary-not-a-key', { mode: 0o600 });
    let caught: unknown;
    try {
      loadPrivateKeys([paths.privatePath]);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'vault/bad-key-file' });
    expect(inspect(caught, { depth: 9 })).not.toContain('canary');
  });

  it('are refused when there is none', () => {
    expect(() => loadPrivateKeys([])).toThrow(expect.objectContaining({ code: 'vault/no-keys' }));
  });

  it('print no key', () => {
    writeKeyPair(paths);
    const printed = inspect(loadPrivateKeys([paths.privatePath]), { depth: 9 });
    expect(printed).toContain('PrivateKeyObject');
    expect(printed).not.toMatch(/BEGIN|MC4C/);
  });
});
