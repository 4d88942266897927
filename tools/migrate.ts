// The migrate job of docker-compose.yml: roles with their passwords, the database, its tables. Safe to repeat.
//   PORTHOLE_DATABASE_URL            a superuser on the server's own database, without password
//   PORTHOLE_DATABASE_PASSWORD_FILE  its password
//   PORTHOLE_ROLE_PASSWORDS          folder with one password a role: db-owner db-portal db-relay db-worker db-courier
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { migrate } from '../prisma/migrate.ts';
import {
  databaseUrl,
  prepareDatabase,
  prepareRoles,
  type RolePasswords,
} from './postgres/prepare-database.ts';

const DATABASE = 'porthole';

const env = z
  .object({
    PORTHOLE_DATABASE_URL: z.string().min(1),
    PORTHOLE_DATABASE_PASSWORD_FILE: z.string().min(1),
    PORTHOLE_ROLE_PASSWORDS: z.string().min(1),
  })
  .parse(process.env);

const word = (file: string): string => readFileSync(file, 'utf8').trim();
const passwordOf = (role: keyof RolePasswords): string =>
  word(path.join(env.PORTHOLE_ROLE_PASSWORDS, `db-${role}`));
const passwords: RolePasswords = {
  owner: passwordOf('owner'),
  portal: passwordOf('portal'),
  relay: passwordOf('relay'),
  worker: passwordOf('worker'),
  courier: passwordOf('courier'),
};
const superuser = new URL(env.PORTHOLE_DATABASE_URL);
superuser.password = word(env.PORTHOLE_DATABASE_PASSWORD_FILE);
await prepareRoles(superuser.href, passwords);
await prepareDatabase(superuser.href, DATABASE);
const ownerUrl = databaseUrl(superuser.href, DATABASE, 'porthole_owner', passwords.owner);
superuser.pathname = `/${DATABASE}`;
await migrate({ ownerUrl, superuserUrl: superuser.href });
console.log('roles and tables are as this version wants them');
