import { readFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { rootDir } from '../../../tools/stack/stack-paths.ts';

const room = path.join(rootDir, 'apps/ws-relay');

/**
 * The relay's bundle, made as its own build makes it.
 * @param ungathered whether every record is sent by itself, so that the benchmark has something to notice
 * @returns its path
 */
export async function bundleRelay({ ungathered }: { ungathered: boolean }): Promise<string> {
  const { scripts } = JSON.parse(readFileSync(path.join(room, 'package.json'), 'utf8'));
  const external = [...String(scripts.build).matchAll(/--external:(\S+)/g)].map(([, name = '']) => name);
  // Below the checkout, so that what stays outside of the bundle is found.
  const outfile = path.join(rootDir, `.porthole/bench/relay${ungathered ? '-ungathered' : ''}.mjs`);
  await build({
    entryPoints: [path.join(room, 'src/main.ts')],
    outfile,
    external,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    logLevel: 'error',
    plugins: ungathered ? [withoutGathering] : [],
  });
  return outfile;
}

const withoutGathering: Plugin = {
  name: 'without-gathering',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/gather\.ts$/ }, () => ({
      path: path.join(import.meta.dirname, 'no-gathering.ts'),
    }));
  },
};
