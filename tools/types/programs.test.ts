import { readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { rootDir } from '../stack/stack-paths.ts';
import { PROGRAMS } from './programs.ts';

/** Options that say where something is, or how often it is read anew, and nothing about what is right. */
const WHERE_AND_HOW_OFTEN = ['configFilePath', 'pathsBasePath', 'incremental', 'tsBuildInfoFile', 'plugins'];

function read(config: string) {
  const file = path.join(rootDir, config);
  const { config: json, error } = ts.readConfigFile(file, ts.sys.readFile);
  if (error !== undefined)
    throw new Error(`${config}: ${ts.flattenDiagnosticMessageText(error.messageText, ' ')}`);
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, path.dirname(file), {}, file);
  const judged = Object.entries(options).filter(([name]) => !WHERE_AND_HOW_OFTEN.includes(name));
  return {
    files: fileNames,
    options: JSON.stringify(judged.sort(([one], [other]) => one.localeCompare(other))),
  };
}

/** The configurations of all rooms, as an editor and `npm run typecheck` find them. */
const rooms = ['apps', 'libs']
  .flatMap((kind) => readdirSync(path.join(rootDir, kind)).map((room) => `${kind}/${room}`))
  .concat('e2e', 'tools')
  .flatMap((room) =>
    readdirSync(path.join(rootDir, room))
      .filter((name) => /^tsconfig(?:\.\w+)?\.json$/.test(name))
      .map((name) => `${room}/${name}`),
  );
const programs = PROGRAMS.map(read);

describe('the programs that types are checked by', () => {
  it.each(rooms)('check every file of %s, by its own options', (config) => {
    const { files, options } = read(config);
    const checked = new Set(
      programs.filter((program) => program.options === options).flatMap(({ files }) => files),
    );
    expect(files.filter((file) => !checked.has(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
  });

  it('are there for all rooms', () => {
    expect(rooms.length).toBeGreaterThan(15);
  });

  it('check the tests of every room, too', () => {
    const all = new Set(programs.flatMap(({ files }) => files));
    const tests = ts.sys.readDirectory(
      rootDir,
      ['.ts'],
      ['**/node_modules', '**/.*', '**/dist'],
      [
        'apps/**/*.test.ts',
        'libs/**/*.test.ts',
        'tools/**/*.test.ts',
        'prisma/**/*.test.ts',
        'bench/**/*.test.ts',
      ],
    );
    expect(tests.length).toBeGreaterThan(150);
    expect(tests.filter((file) => !all.has(file))).toEqual([]);
  });
});
