import path from 'node:path';
import { defineConfig } from 'prisma/config';

// Prisma's schema engine as WASM: no native binary is downloaded (docs/adr/0008).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, 'tools/schema-engine.mjs');

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://porthole_owner@127.0.0.1:5432/porthole' },
});
