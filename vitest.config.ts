import os from 'node:os';
import path from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/** Tests measure times: more of them at once than there are cores would only disturb each other. */
const MOST_WORKERS = 4;

const ROOMS = '{apps,libs,tools,prisma,bench}';
const EVERY = `${ROOMS}/**/*.test.ts`;
const INTEGRATION = `${ROOMS}/**/*.integration.test.ts`;
const STACK = `${ROOMS}/**/*.stack.test.ts`;
const exclude = [...configDefaults.exclude, '**/dist/**', '**/.next/**'];

/**
 * Unit tests that replace a module, a clock or a global of their process: each in one of its own.
 * `tools/test-run/shared-process.test.ts` finds one that is missing here.
 */
export const ALONE = [
  'apps/portal/src/proxy.test.ts',
  'libs/egress/src/check-target.test.ts',
  'tools/stack/supervised-app.test.ts',
];

/**
 * Tests share processes: what they test holds no state of its own, each has a database of its own, and starting Node and reading
 * the same modules anew for every file took more than half of their time. What starts a stack has a process a file.
 */
export default defineConfig({
  // Next's marker of what may never be in a browser throws in plain Node; what a server gets of it is empty.
  resolve: { alias: { 'server-only': path.join(import.meta.dirname, 'node_modules/server-only/empty.js') } },
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Of its own accord it leaves one core free, which on a runner of two is half of them.
    maxWorkers: Math.min(os.availableParallelism(), MOST_WORKERS),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [EVERY],
          exclude: [...exclude, ...ALONE, INTEGRATION, STACK],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, exclude } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [INTEGRATION],
          exclude,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'stack', include: [STACK], exclude } },
    ],
  },
});
