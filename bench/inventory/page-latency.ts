/// <reference lib="dom" />
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { chromium, type Page } from '@playwright/test';
import type pg from 'pg';
import { PASSWORD, PEOPLE } from '../../e2e/people.ts';
import { digestOf, newBearer } from '../../libs/auth/src/bearer.ts';
import { loginCookie } from '../../libs/auth/src/cookies.ts';
import { manyVms } from '../../libs/fake-xenserver/src/index.ts';
import { withClient } from '../../tools/postgres/prepare-database.ts';
import { launchStack, type Stack } from '../../tools/stack/launch-stack.ts';
import { median } from '../bench.ts';

const CHANGES = 40;
/** A pool that was just read has all its rows new, and pages read the whole list again: for so long, in milliseconds. */
const SETTLES_MS = 20_000;
/** Between two changes, so that each is a page's own update. */
const PAUSE_MS = 400;
const PATIENCE_MS = 20_000;
/** Event streams of one person: below what the portal allows. */
const STREAMS_EACH = 20;
const CALLS_FOR_MS = 60_000;
/** Machines of the demo that the list shows first, whatever else is there. */
const SHOWN = ['build-01', 'db-01'];

export interface PageLatency {
  /** From the change at the pool until the row of an open page says it. */
  readonly pageP50Ms: number;
  readonly pageP95Ms: number;
  /** Calls at the pool in a minute, by how many event streams are open. */
  readonly callsPerMinute: Readonly<Record<number, number>>;
}

/**
 * The whole product with a pool of so many machines, a browser on the list of their holder, and so many others whose pages
 * watch.
 */
export async function measurePages(machines: number, viewers: readonly number[]): Promise<PageLatency> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'porthole-bench-inventory-'));
  const stack = await launchStack({
    dataDir: path.join(home, 'stack'),
    fresh: true,
    qemu: 'no',
    quiet: true,
    moreMachines: manyVms(machines, 2).map((vm) => ({ ...vm, tags: ['acme', ...(vm.tags ?? [])] })),
  });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    const page = await browser.newPage({ baseURL: stack.origin });
    const took = await measureChanges(stack, page);
    await page.close();
    const callsPerMinute: Record<number, number> = {};
    for (const count of viewers) callsPerMinute[count] = await callsWith(stack, count);
    return {
      pageP50Ms: Math.round(median(took)),
      pageP95Ms: Math.round(took.sort((a, b) => a - b)[Math.floor(took.length * 0.95)] ?? Number.NaN),
      callsPerMinute,
    };
  } finally {
    await browser.close();
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureChanges(stack: Stack, page: Page): Promise<number[]> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(PEOPLE.teamAdmin.email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(/\/machines/);
  await page.getByTestId('machine-row').first().waitFor();
  await wait(SETTLES_MS);
  const took: number[] = [];
  for (let n = 0; n < CHANGES; n += 1) {
    await wait(PAUSE_MS);
    const name = SHOWN[n % SHOWN.length] ?? '';
    const state = stack.pools[0].vm(name).powerState === 'Running' ? 'Paused' : 'Running';
    // Looked at with every frame.
    const seen = page.waitForFunction(
      ([named, said]) =>
        [...document.querySelectorAll('[data-testid="machine-row"]')].some(
          ({ textContent }) => textContent?.includes(named) === true && textContent.includes(said),
        ),
      [name, state] as const,
      { timeout: PATIENCE_MS },
    );
    const since = performance.now();
    stack.pools[0].vm(name).setPowerState(state);
    await seen;
    took.push(performance.now() - since);
  }
  return took;
}

/** Calls at the pool in a minute while so many pages watch. */
async function callsWith(stack: Stack, viewers: number): Promise<number> {
  const streams = await withClient(stack.superuserUrl, (client) => openStreams(stack, client, viewers));
  try {
    await wait(2_000);
    const before = stack.pools[0].stats().rpcCalls;
    await wait(CALLS_FOR_MS);
    return Math.round(((stack.pools[0].stats().rpcCalls - before) * 60_000) / CALLS_FOR_MS);
  } finally {
    for (const stream of streams) stream.destroy();
  }
}

/** Opens the event stream that each page has, as people of the holder with logins of their own. */
async function openStreams(stack: Stack, client: pg.Client, count: number): Promise<http.IncomingMessage[]> {
  const streams: http.IncomingMessage[] = [];
  for (let person = 0; person * STREAMS_EACH < count; person += 1) {
    const bearer = await addViewer(client, `viewer-${count}-${person}@acme.example`);
    const cookie = loginCookie(bearer).split(';')[0] ?? '';
    const wanted = Math.min(STREAMS_EACH, count - person * STREAMS_EACH);
    const opened = await Promise.all(Array.from({ length: wanted }, () => openStream(stack.origin, cookie)));
    streams.push(...opened);
  }
  return streams;
}

/** @returns the bearer of a new login */
async function addViewer(client: pg.Client, email: string): Promise<string> {
  const bearer = newBearer();
  await client.query(
    `WITH person AS (INSERT INTO person (id, email, name, password_hash)
       VALUES (gen_random_uuid(), $1, $1, '') RETURNING id),
     login AS (INSERT INTO login_session (id, digest, binder_hash, person_id, expires_at)
       SELECT gen_random_uuid(), $2, $3, id, now() + interval '1 hour' FROM person)
     INSERT INTO membership (tenant_id, person_id, role)
       SELECT t.id, person.id, 'member' FROM person, tenant t WHERE t.slug = 'acme'`,
    [email, digestOf(bearer), randomBytes(32)],
  );
  return bearer;
}

function openStream(origin: string, cookie: string): Promise<http.IncomingMessage> {
  const input = encodeURIComponent(JSON.stringify({ json: { org: 'acme' } }));
  const url = `${origin}/api/trpc/live.changes?input=${input}`;
  return new Promise((resolve, reject) => {
    const request = http.get(
      url,
      { headers: { cookie, accept: 'text/event-stream' }, agent: false },
      (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`a stream was answered with ${answer.statusCode}`));
        answer.resume();
        resolve(answer);
      },
    );
    request.on('error', reject);
  });
}
