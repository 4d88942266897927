import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const corpusDir = path.join(import.meta.dirname, 'corpus');
/** Most inputs that are kept for one target: more of the same teach nothing and make every run longer. */
export const MAX_KEPT = 40;
/** Longest input that is kept for its shape alone, in bytes. */
export const MAX_KEPT_BYTES = 600;
const LINE = 100;

export interface KeptInput {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** What earlier runs kept for a target, in a fixed order. */
export function readCorpus(target: string, dir = corpusDir): KeptInput[] {
  const folder = path.join(dir, target);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.hex'));
  return files
    .sort()
    .map((file) => ({ file, bytes: fromHex(readFileSync(path.join(folder, file), 'utf8')) }));
}

/**
 * Keeps an input as a small file of hex digits under the name of its content; `broken-…` are those that broke a promise
 * once, and are tried first for ever.
 * @returns the file
 */
export function keepInput(target: string, bytes: Uint8Array, broken: boolean, dir = corpusDir): string {
  const folder = path.join(dir, target);
  mkdirSync(folder, { recursive: true });
  const name = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  const file = path.join(folder, `${broken ? 'broken-' : ''}${name}.hex`);
  writeFileSync(file, toHex(bytes));
  return file;
}

export function toHex(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('hex');
  return `${digits.match(new RegExp(`.{1,${LINE}}`, 'g'))?.join('\n') ?? ''}\n`;
}

export function fromHex(text: string): Uint8Array {
  return Buffer.from(text.replace(/\s+/g, ''), 'hex');
}
