import path from 'node:path';
import { defineConfig } from '@playwright/test';
import { WORKERS } from './global-setup.ts';
import { ownStack } from './stacks.ts';

/** A real stack for each worker (global-setup): the journeys of one worker share its pools and people, one after another. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: WORKERS,
  // A whole journey, on a machine that is busy with something else; each wait within it is bounded by its own.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  globalSetup: './global-setup.ts',
  outputDir: path.join(import.meta.dirname, '../reports/e2e-output'),
  reporter: [['list']],
  use: {
    // Known when the workers read this file, after global-setup.
    baseURL: ownStack()?.origin ?? '',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    screenshot: 'only-on-failure',
    // A trace keeps what the page was, not a film of it: filming every test took more of the machine than the tests.
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
