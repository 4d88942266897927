// The first account of an installation, made in the migrate image; the password is read from standard input:
//   docker compose run --rm -T migrate node --import tsx tools/add-owner.ts \
//     --organisation 'Northgate Hosting' --slug northgate --kind provider --name 'Olga Operator' --email olga@example.com
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { hashPassword } from '@porthole/auth';
import { createDb } from '@porthole/db';
import { AppError, Secret } from '@porthole/errors';
import { z } from 'zod';
import { addOrganisation } from './add-organisation.ts';
import { databaseUrl } from './postgres/prepare-database.ts';

const DATABASE = 'porthole';

const env = z
  .object({ PORTHOLE_DATABASE_URL: z.string().min(1), PORTHOLE_ROLE_PASSWORDS: z.string().min(1) })
  .parse(process.env);
const word = { type: 'string' } as const;
const { values } = parseArgs({
  options: { organisation: word, slug: word, kind: word, name: word, email: word },
});
const asked = z
  .object({
    organisation: z.string().trim().min(1).max(80),
    slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/),
    kind: z.enum(['customer', 'provider']).default('provider'),
    name: z.string().trim().min(1).max(80),
    email: z.email().toLowerCase(),
  })
  .safeParse(values);
if (!asked.success) {
  for (const { path: key, message } of asked.error.issues) console.error(`--${key.join('.')}: ${message}`);
  process.exit(2);
}
const { organisation, slug, kind, name, email } = asked.data;
const rolePassword = readFileSync(path.join(env.PORTHOLE_ROLE_PASSWORDS, 'db-portal'), 'utf8').trim();
const db = createDb({
  url: databaseUrl(env.PORTHOLE_DATABASE_URL, DATABASE, 'porthole_portal', rolePassword),
});
try {
  const passwordHash = await hashPassword(new Secret((await text(process.stdin)).trim()));
  const people = [{ name, email, role: 'owner' }] as const;
  await addOrganisation(db, { slug, name: organisation, kind, people }, passwordHash);
  console.log(`${email} is the owner of ${organisation}`);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  console.error(`${error.code}: ${error.publicMessage}`);
  process.exitCode = 1;
} finally {
  await db.close();
}
