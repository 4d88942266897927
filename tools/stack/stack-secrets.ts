import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadFactorKey, writeFactorKey } from '@porthole/auth';
import { loadPrivateKeys, loadPublicKey, writeKeyPair } from '@porthole/vault';
import type { RolePasswords } from '../postgres/prepare-database.ts';
import { PlainError } from '../processes/plain-error.ts';

const PASSWORD = /^[A-Za-z0-9_-]{20,}$/;
const AFRESH = 'Start afresh with: npm start -- --reset';

export interface StackSecrets {
  rolePasswords: RolePasswords;
  files: {
    superuser: string;
    db: Record<keyof RolePasswords, string>;
    vaultKey: string;
    vaultPublic: string;
    relayKey: string;
    relayPublic: string;
    factorKey: string;
    ssoKey: string;
  };
}

/**
 * Everything secret of one stack, each in a 0600 file of its own: read where it is there, made where it is missing.
 *
 * @param hasData whether a database exists that was written with the keys.
 * @throws PlainError when a secret is damaged, or lost although sealed rows need it.
 */
export function ensureSecrets(folder: string, hasData: boolean): StackSecrets {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const at = (name: string): string => path.join(folder, name);
  const db = {
    owner: at('db-owner'),
    portal: at('db-portal'),
    relay: at('db-relay'),
    worker: at('db-worker'),
    courier: at('db-courier'),
  };
  const files = {
    superuser: at('db-superuser'),
    db,
    vaultKey: at('vault.key'),
    vaultPublic: at('vault.pub'),
    relayKey: at('relay.key'),
    relayPublic: at('relay.pub'),
    factorKey: at('factor.key'),
    ssoKey: at('sso.key'),
  };
  ensureKeyPair(files.vaultKey, files.vaultPublic, hasData);
  ensureKeyPair(files.relayKey, files.relayPublic, hasData);
  ensureFactorKey(files.factorKey);
  ensureFactorKey(files.ssoKey);
  return {
    files,
    rolePasswords: {
      owner: ensurePassword(db.owner),
      portal: ensurePassword(db.portal),
      relay: ensurePassword(db.relay),
      worker: ensurePassword(db.worker),
      courier: ensurePassword(db.courier),
    },
  };
}

function ensurePassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  chmodSync(file, 0o600);
  const password = readFileSync(file, 'utf8').trim();
  if (!PASSWORD.test(password)) throw new PlainError(`The secret ${file} is damaged.`, AFRESH);
  return password;
}

/**
 * Made whenever it is missing, since stacks are older than it. One that is lost costs second factors and no credential of a
 * pool; recovery codes open without it.
 */
function ensureFactorKey(file: string): void {
  if (!existsSync(file)) writeFactorKey(file);
  chmodSync(file, 0o600);
  try {
    loadFactorKey(file);
  } catch (error) {
    throw new PlainError(`The key ${file} cannot be used.`, AFRESH, { cause: error });
  }
}

function ensureKeyPair(privatePath: string, publicPath: string, hasData: boolean): void {
  const missing = [privatePath, publicPath].filter((file) => !existsSync(file));
  if (missing.length === 2 && !hasData) {
    writeKeyPair({ privatePath, publicPath });
    return;
  }
  if (missing.length > 0)
    throw new PlainError(
      `${missing[0]} is lost, and the saved pool passwords open with nothing else.`,
      AFRESH,
    );
  try {
    const keys = loadPrivateKeys([privatePath]);
    if (!keys.has(loadPublicKey(publicPath).kid)) throw new Error('the two halves do not belong together');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlainError(`The key ${privatePath} cannot be used: ${why}`, AFRESH, { cause: error });
  }
}
