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
    // As the formatter wants it: a list of one short line stands on one line.
    const text = JSON.stringify(catalogue, null, 2).replaceAll(/\[\n\s+(".{0,80}")\n\s+\]/g, '[$1]');
    writeFileSync(file, `${text}\n`);
  } finally {
    await database.drop();
  }
}

await main();
