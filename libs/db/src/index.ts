export { askWorker } from './ask-worker.ts';
export { createDb, type Db, type Tx } from './create-db.ts';
export { DbError } from './db-error.ts';
export {
  ConsoleKind,
  type Host,
  type LoginSession,
  type Membership,
  type Pool,
  PoolState,
  PowerState,
  Prisma,
  SeatMode,
  TenantKind,
  TenantRole,
  TrustSource,
  VmRole,
} from './generated/client.ts';
export { acquireLease, releaseLease } from './lease.ts';
export { type Listener, listen } from './listen.ts';
export {
  createPgPool,
  type DbOptions,
  inTenantTransaction,
  inTransaction,
  LOCK_TIMEOUT_MS,
  MAX_CONNECTIONS,
  type PgClient,
  type PgConnection,
  type PgPool,
  STATEMENT_TIMEOUT_MS,
} from './pg-pool.ts';
export { type Rate, takeRate } from './take-rate.ts';
export { sqlStateOf, translateDbError, translating } from './translate-db-error.ts';
