import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { appRouter } from '../apps/portal/src/server/app-router.ts';
import { CALLS } from '../apps/portal/src/server/tokens/calls.ts';
import { apiDocument } from './api-docs/api-document.ts';
import { proceduresOf } from './api-docs/procedures-of.ts';
import { rootDir } from './stack/stack-paths.ts';

// Run as `node --conditions=react-server --import tsx tools/write-api-docs.ts`: what marks the portal's server as one then
// lets it be read here.
writeFileSync(path.join(rootDir, 'docs/api.md'), apiDocument(proceduresOf(appRouter), CALLS));
