import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALONE } from '../../vitest.config.ts';
import { projectFiles } from '../project-files.ts';
import { rootDir } from '../stack/stack-paths.ts';

/** What a test does to the process that it runs in, and the next file of a shared one would find. */
const CHANGES_THE_PROCESS =
  /\bvi\.(?:mock|doMock|hoisted|stub\w+|spyOn|useFakeTimers|setSystemTime)\(|\bprocess\.(?:chdir|umask)\(|\bprocess\.env(?:\.\w+|\[[^\]]+\])\s*=[^=]|\bdelete process\.env\b|\bglobalThis\.\w+\s*=[^=]|\bDate\.now\s*=[^=]/;

const read = (file: string) => readFileSync(path.join(rootDir, file), 'utf8');
const tests = projectFiles(rootDir).filter(
  (file) => /\.test\.ts$/.test(file) && !/\.stack\.test\.ts$/.test(file),
);
const isIntegration = (file: string) => file.endsWith('.integration.test.ts');

describe.each([
  ['unit', tests.filter((file) => !isIntegration(file)), ALONE],
  ['integration', tests.filter(isIntegration), []],
])('%s tests share a process', (_kind, files, alone) => {
  it('unless they change it: those have one of their own', () => {
    const changing = files.filter((file) => CHANGES_THE_PROCESS.test(withoutTexts(read(file))));
    expect(changing.filter((file) => !alone.includes(file))).toEqual([]);
  });

  it('and none is alone that is not there, or without a cause', () => {
    expect(alone.filter((file) => !files.includes(file))).toEqual([]);
    expect(alone.filter((file) => !/\bvi\b|\bprocess\./.test(read(file)))).toEqual([]);
  });
});

describe('a change of the process', () => {
  it.each([
    "vi.mock('server-only', () => ({}));",
    'vi.useFakeTimers();',
    "process.env.HOME = '/';",
    "process.env['HOME'] = '/';",
    "process.chdir('/');",
    'globalThis.fetch = answer;',
  ])('finds %s', (line) => {
    expect(line).toMatch(CHANGES_THE_PROCESS);
  });

  it.each(["if (process.env.CI === 'true') return;", 'const { fetch } = globalThis;', 'vi.fn();'])(
    'lets %s be',
    (line) => {
      expect(line).not.toMatch(CHANGES_THE_PROCESS);
    },
  );
});

/** Tests of rules hold lines of code as text. */
function withoutTexts(source: string): string {
  return source.replaceAll(/`[^`]*`|'[^'\n]*'|"[^"\n]*"/g, "''");
}
