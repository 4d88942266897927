export { askWorker, type WorkerTask } from './ask-worker.ts';
export { createDb, type Db, type Tx } from './create-db.ts';
export { DB_ERROR_CODES, DbError, type DbErrorCode } from './db-error.ts';
export {
  type AccessGrant,
  type Allotment,
  type AuditEvent,
  ConsoleKind,
  type ConsoleSeat,
  CredentialPurpose,
  type Host,
  type LoginSession,
  type Membership,
  type Person,
  type Pool,
  type PoolProbe,
  PoolState,
  PowerState,
  Prisma,
  SeatMode,
  type Team,
  type Tenant,
  TenantKind,
  TenantRole,
  TrustSource,
  type Vm,
  VmRole,
} from './generated/client.ts';
export { acquireLease, releaseLease } from './lease.ts';
export { type Listener, listen, type Notification } from './listen.ts';
export {
  createPgPool,
  type DbLog,
  type DbOptions,
  inTenantTransaction,
  inTransaction,
  LOCK_TIMEOUT_MS,
  MAX_CONNECTIONS,
  type PgClient,
  type PgPool,
  STATEMENT_TIMEOUT_MS,
} from './pg-pool.ts';
export { type Rate, takeRate } from './take-rate.ts';
export { sqlStateOf, translateDbError, translating } from './translate-db-error.ts';
