import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectFiles } from '../project-files.ts';

/** How many traps the reference on XenAPI consoles names (xenapi.md §10). */
export const TRAPS = 35;

const TITLE = /\b(?:it|test)(?:\.each\b[\s\S]{0,400}?\))?\(\s*['"`]trap ([0-9]{1,2}): /g;

/** In which test files each trap is named; a title begins with `trap N: `. */
export function trapTests(root: string): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const file of projectFiles(root)) {
    if (!/\.(?:test|spec)\.tsx?$/.test(file)) continue;
    for (const trap of trapsIn(readFileSync(path.join(root, file), 'utf8')))
      found.set(trap, [...(found.get(trap) ?? []), file]);
  }
  return found;
}

/** The traps that a test file names. */
export function trapsIn(text: string): number[] {
  return [...new Set([...text.matchAll(TITLE)].map((match) => Number(match[1])))];
}

/** Traps without a test, and tests of traps that do not exist. */
export function gapsIn(found: ReadonlyMap<number, readonly string[]>): string[] {
  const missing = Array.from({ length: TRAPS }, (_, at) => at + 1).filter((trap) => !found.has(trap));
  const invented = [...found.keys()].filter((trap) => trap < 1 || trap > TRAPS);
  return [
    ...missing.map((trap) => `trap ${trap} of xenapi.md §10 has no test`),
    ...invented.map((trap) => `there is no trap ${trap} in xenapi.md §10`),
  ];
}
