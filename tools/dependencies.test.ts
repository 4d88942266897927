import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rootDir } from './stack/stack-paths.ts';

const rooms = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(path.join(rootDir, folder)).map((room) => `${folder}/${room}`),
);
const manifests = ['.', 'e2e', ...rooms].map((room): [string, Record<string, string>] => {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(path.join(rootDir, room, 'package.json'), 'utf8'),
  );
  return [room, { ...dependencies, ...devDependencies }];
});
const text = readFileSync(path.join(rootDir, 'docs/dependencies.md'), 'utf8');
const listed = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| package'))
  .flatMap((line) => (line.split('|')[1] ?? '').split(',').map((name) => name.trim()));

describe('the dependencies', () => {
  it('are pinned exactly', () => {
    const loose = manifests.flatMap(([room, all]) =>
      Object.entries(all)
        .filter(([, version]) => !/^\d/.test(version))
        .map(([name, version]) => `${room}: ${name} ${version}`),
    );
    expect(loose).toEqual([]);
  });

  it('each have a line with their reason in docs/dependencies.md, and no line is left over', () => {
    const used = new Set(manifests.flatMap(([, all]) => Object.keys(all)));
    const outside = [...used].filter((name) => !name.startsWith('@porthole/') && !name.startsWith('@types/'));
    expect(outside.filter((name) => !listed.includes(name)).sort()).toEqual([]);
    expect(listed.filter((name) => name !== '@types/*' && !used.has(name)).sort()).toEqual([]);
  });
});
