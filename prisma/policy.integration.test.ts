import { type Bounds, KEYBOARD_RULES, POLICY_BOUNDS } from '@porthole/relay-contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './test-stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.superuser.pool.query('DELETE FROM tenant_policy'));
afterAll(() => stage.end());

const set = (column: string, value: number | string) =>
  stage.superuser.pool.query(`INSERT INTO tenant_policy (tenant_id, ${column}) VALUES ($1, $2)`, [
    stage.world.acme,
    value,
  ]);

/** What the database refuses by a check of its own. */
const REFUSED = { code: '23514' };

describe('what an organisation may set for its consoles', () => {
  const columns: [string, Bounds][] = [
    ['idle_timeout_ms', POLICY_BOUNDS.idleTimeoutMs],
    ['maximum_time_ms', POLICY_BOUNDS.maximumTimeMs],
    ['text_kept_ms', POLICY_BOUNDS.textKeptMs],
    ['scrollback_bytes', POLICY_BOUNDS.scrollbackBytes],
  ];

  it.each(columns)(
    'is bounded by the database at the numbers that pages and relays know: %s',
    async (column, { least, most }) => {
      await expect(set(column, least - 1)).rejects.toMatchObject(REFUSED);
      await expect(set(column, most + 1)).rejects.toMatchObject(REFUSED);
      await set(column, least);
      await stage.superuser.pool.query(`UPDATE tenant_policy SET ${column} = $1`, [most]);
    },
  );

  it('is one of the rules for the keyboard that relays know', async () => {
    await expect(set('keyboard', 'anybody')).rejects.toMatchObject(REFUSED);
    for (const rule of KEYBOARD_RULES) {
      await set('keyboard', rule);
      await stage.superuser.pool.query('DELETE FROM tenant_policy');
    }
  });

  it('says by whom it was changed with all that belongs to it, or nothing', async () => {
    await expect(set('changed_name', 'Jon')).rejects.toMatchObject(REFUSED);
  });
});
