import { createDb, type Db } from '@porthole/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../postgres/test-database.ts';
import { seedPeople } from './seed-people.ts';

let database: TestDatabase;
let portal: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  portal = createDb({ url: database.url('portal') });
});
afterAll(async () => {
  await portal.close();
  await database.drop();
});

describe('the demo’s people', () => {
  it('are written once', async () => {
    expect(await seedPeople(portal)).toBe(true);
    expect(await seedPeople(portal)).toBe(false);
    const people = await portal.withoutTenant((tx) => tx.person.findMany({ select: { email: true } }));
    expect(people).toHaveLength(8);
  });
});
