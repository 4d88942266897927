// node --import tsx tools/make-secrets.ts FOLDER: every secret that docker-compose.yml mounts, each in a 0600 file of
// its own; what is there already is kept.

import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureSecrets } from './stack/stack-secrets.ts';

const folder = path.resolve(process.argv[2] ?? 'secrets');
const { files } = ensureSecrets(folder, false);
if (!existsSync(files.superuser))
  writeFileSync(files.superuser, randomBytes(24).toString('base64url'), { mode: 0o600 });
console.log(`Secrets are in ${folder}. The containers read them as uid 1000: chown -R 1000 ${folder}`);
