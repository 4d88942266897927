import path from 'node:path';
import type { NextConfig } from 'next';

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: path.join(import.meta.dirname, '../..'),
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks the types of the whole house once; a second check here would only make `npm start` slower.
  typescript: { ignoreBuildErrors: true },
  // Libs are consumed from source (style.md, "One public door").
  transpilePackages: [
    '@porthole/errors',
    '@porthole/logger',
    '@porthole/rbac',
    '@porthole/check-contract',
    '@porthole/relay-contract',
    '@porthole/settings',
    '@porthole/db',
    '@porthole/auth',
    '@porthole/egress',
    '@porthole/authority',
    '@porthole/tickets',
    '@porthole/audit',
    '@porthole/vault',
  ],
  serverExternalPackages: ['@node-rs/argon2', 'pg', '@prisma/client', '@prisma/adapter-pg', 'pino'],
};

export default config;
