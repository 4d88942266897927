import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rootDir } from './stack/stack-paths.ts';

const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: rootDir, encoding: 'utf8' })
  .trim()
  .split('\n');
const read = (document: string): string => readFileSync(path.join(rootDir, document), 'utf8');

/** Paths from the root in code quotes, such as `libs/rfb/src/index.ts`; patterns and placeholders are none. */
function pathsNamed(text: string): string[] {
  return [...text.matchAll(/`((?:apps|libs|tools|prisma|docs|e2e|bench)\/[\w./[\]-]+)`/g)].map(
    ([, named]) => named ?? '',
  );
}

/** Targets of links and pictures that stay in this tree. */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => target ?? '');
}

describe('the documents', () => {
  it('name files that are there', () => {
    const missing = documents
      .filter((document) => document !== 'CHANGELOG.md')
      .flatMap((document) =>
        pathsNamed(read(document))
          .filter((named) => !existsSync(path.join(rootDir, named)))
          .map((named) => `${document}: ${named}`),
      );
    expect(missing).toEqual([]);
  });

  it('link to files and pictures that are there', () => {
    const missing = documents.flatMap((document) =>
      linksOf(read(document))
        .filter((target) => !existsSync(path.join(rootDir, path.dirname(document), target)))
        .map((target) => `${document}: ${target}`),
    );
    expect(missing).toEqual([]);
  });
});
