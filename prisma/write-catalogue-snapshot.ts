// Takes the snapshot anew after a migration: `npx tsx prisma/write-catalogue-snapshot.ts`. Read the difference in git
// before you commit it: it is the list of what the migration changed about who may do what.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { withClient } from '../tools/postgres/prepare-database.ts';
import { createTestDatabase } from '../tools/postgres/test-database.ts';
import { readCatalogue } from './catalogue.ts';

async function main(): Promise<void> {
  const database = await createTestDatabase();
  try {
    const catalogue = await withClient(database.url('superuser'), readCatalogue);
    const file = path.join(import.meta.dirname, 'catalogue.snapshot.json');
    writeFileSync(file, `${JSON.stringify(catalogue, null, 2)}\n`);
  } finally {
    await database.drop();
  }
}

await main();
