-- The tables of prisma/schema.prisma as `prisma migrate diff` writes them, with three additions by hand that Prisma
-- cannot say: the generated columns of audit_event, the checks, and the partial indexes (both at the end).
-- Row-level security and grants follow in 0002, functions in 0003 to 0005, epochs in 0006.

-- CreateEnum
CREATE TYPE "tenant_kind" AS ENUM ('customer', 'provider');

-- CreateEnum
CREATE TYPE "tenant_role" AS ENUM ('owner', 'admin', 'member', 'auditor', 'operator', 'support');

-- CreateEnum
CREATE TYPE "vm_role" AS ENUM ('viewer', 'operator', 'manager');

-- CreateEnum
CREATE TYPE "pool_state" AS ENUM ('new', 'connected', 'unreachable', 'untrusted', 'refused', 'paused');

-- CreateEnum
CREATE TYPE "credential_purpose" AS ENUM ('inventory', 'console');

-- CreateEnum
CREATE TYPE "trust_source" AS ENUM ('confirmed', 'learned');

-- CreateEnum
CREATE TYPE "power_state" AS ENUM ('Running', 'Halted', 'Paused', 'Suspended');

-- CreateEnum
CREATE TYPE "console_kind" AS ENUM ('screen', 'text');

-- CreateEnum
CREATE TYPE "seat_mode" AS ENUM ('look', 'type');

-- CreateTable
CREATE TABLE "tenant" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "tenant_kind" NOT NULL DEFAULT 'customer',
    "suspended_at" TIMESTAMPTZ(3),
    "authority_epoch" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tenant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tenant_policy" (
    "tenant_id" UUID NOT NULL,
    "idle_timeout_ms" INTEGER,
    "maximum_time_ms" INTEGER,
    "allowed_cidrs" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "tenant_policy_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "membership" (
    "tenant_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "role" "tenant_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("tenant_id","person_id")
);

-- CreateTable
CREATE TABLE "team" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "team_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "team_member" (
    "tenant_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,

    CONSTRAINT "team_member_pkey" PRIMARY KEY ("tenant_id","team_id","person_id")
);

-- CreateTable
CREATE TABLE "pool" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "display_name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "port" INTEGER NOT NULL DEFAULT 443,
    "pin" TEXT NOT NULL,
    "state" "pool_state" NOT NULL DEFAULT 'new',
    "state_reason" TEXT,
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sync_at" TIMESTAMPTZ(3),
    "product_version" TEXT,
    "limit_console_sessions" BOOLEAN NOT NULL DEFAULT false,
    "console_idle_timeout_s" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "pool_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "pool_credential" (
    "tenant_id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "purpose" "credential_purpose" NOT NULL,
    "username" TEXT NOT NULL,
    "kid" TEXT NOT NULL,
    "epk" BYTEA NOT NULL,
    "wrap_iv" BYTEA NOT NULL,
    "wrapped_dek" BYTEA NOT NULL,
    "wrap_tag" BYTEA NOT NULL,
    "iv" BYTEA NOT NULL,
    "ct" BYTEA NOT NULL,
    "tag" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pool_credential_pkey" PRIMARY KEY ("tenant_id","pool_id","purpose")
);

-- CreateTable
CREATE TABLE "host" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "pool_id" UUID NOT NULL,
    "uuid" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "override_address" TEXT,
    "override_port" INTEGER,
    "is_coordinator" BOOLEAN NOT NULL DEFAULT false,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "live" BOOLEAN NOT NULL DEFAULT true,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "host_trust" (
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "fingerprint_256" TEXT NOT NULL,
    "pem" TEXT NOT NULL,
    "source" "trust_source" NOT NULL,
    "valid_to" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_trust_pkey" PRIMARY KEY ("tenant_id","host_id")
);

-- CreateTable
CREATE TABLE "host_session" (
    "tenant_id" UUID NOT NULL,
    "host_id" UUID NOT NULL,
    "kid" TEXT NOT NULL,
    "epk" BYTEA NOT NULL,
    "wrap_iv" BYTEA NOT NULL,
    "wrapped_dek" BYTEA NOT NULL,
    "wrap_tag" BYTEA NOT NULL,
    "iv" BYTEA NOT NULL,
    "ct" BYTEA NOT NULL,
    "tag" BYTEA NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "sealed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "host_session_pkey" PRIMARY KEY ("tenant_id","host_id")
);

-- CreateTable
CREATE TABLE "vm" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "pool_tenant_id" UUID NOT NULL,
    "pool_id" UUID NOT NULL,
    "uuid" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "power_state" "power_state" NOT NULL,
    "operation" TEXT,
    "crashed_at" TIMESTAMPTZ(3),
    "is_control_domain" BOOLEAN NOT NULL DEFAULT false,
    "screen_switched_off" BOOLEAN NOT NULL DEFAULT false,
    "resident_host_id" UUID,
    "domid" INTEGER,
    "screen_console_ref" TEXT,
    "text_console_ref" TEXT,
    "memory_bytes" BIGINT,
    "vcpus" INTEGER,
    "os_name" TEXT,
    "addresses" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "started_at" TIMESTAMPTZ(3),
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "gone_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vm_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "allotment" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "pool_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "tag" TEXT,
    "holder_tenant_id" UUID NOT NULL,

    CONSTRAINT "allotment_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "access_grant" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" UUID,
    "team_id" UUID,
    "vm_id" UUID,
    "tag" TEXT,
    "all_vms" BOOLEAN NOT NULL DEFAULT false,
    "role" "vm_role" NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" UUID,

    CONSTRAINT "access_grant_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "emergency_lock" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" UUID,
    "vm_id" UUID,
    "pool_id" UUID,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by" UUID,

    CONSTRAINT "emergency_lock_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "console_ticket" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "secret_hash" BYTEA NOT NULL,
    "binder_hash" BYTEA NOT NULL,
    "person_id" UUID NOT NULL,
    "login_session_id" UUID NOT NULL,
    "vm_id" UUID NOT NULL,
    "kind" "console_kind" NOT NULL,
    "mode" "seat_mode" NOT NULL,
    "relay_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'waiting',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "console_ticket_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "console_hub" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "vm_id" UUID NOT NULL,
    "kind" "console_kind" NOT NULL,
    "relay_id" TEXT NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "console_hub_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "console_seat" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "hub_id" UUID NOT NULL,
    "ticket_id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "person_name" TEXT NOT NULL,
    "login_session_id" UUID NOT NULL,
    "vm_id" UUID NOT NULL,
    "vm_name" TEXT NOT NULL,
    "kind" "console_kind" NOT NULL,
    "relay_id" TEXT NOT NULL,
    "rights" TEXT[],
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),
    "close_reason" TEXT,
    "receipt" JSONB,

    CONSTRAINT "console_seat_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "audit_head" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "tenant_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "event_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "payload" TEXT NOT NULL,
    "payload_hash" BYTEA NOT NULL,
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,
    "action" TEXT GENERATED ALWAYS AS (payload::jsonb ->> 'action') STORED,
    "outcome" TEXT GENERATED ALWAYS AS (payload::jsonb ->> 'outcome') STORED,
    "actor_person_id" UUID GENERATED ALWAYS AS ((payload::jsonb #>> '{actor,personId}')::uuid) STORED,
    "actor_name" TEXT GENERATED ALWAYS AS (payload::jsonb #>> '{actor,name}') STORED,
    "target_kind" TEXT GENERATED ALWAYS AS (payload::jsonb #>> '{target,kind}') STORED,
    "target_id" TEXT GENERATED ALWAYS AS (payload::jsonb #>> '{target,id}') STORED,
    "target_name" TEXT GENERATED ALWAYS AS (payload::jsonb #>> '{target,name}') STORED,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("tenant_id","seq")
);

-- CreateTable
CREATE TABLE "pool_probe" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "address" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "requested_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "failure" TEXT,
    "certificate" JSONB,

    CONSTRAINT "pool_probe_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "disabled_at" TIMESTAMPTZ(3),
    "authority_epoch" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_session" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "digest" TEXT NOT NULL,
    "binder_hash" BYTEA NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_input_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "login_session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "relay" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "beat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "draining" BOOLEAN NOT NULL DEFAULT false,
    "seats" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "relay_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pool_lease" (
    "pool_id" UUID NOT NULL,
    "holder" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pool_lease_pkey" PRIMARY KEY ("pool_id")
);

-- CreateTable
CREATE TABLE "rate_counter" (
    "key" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "rate_counter_pkey" PRIMARY KEY ("key","window_start")
);

-- CreateIndex
CREATE UNIQUE INDEX "tenant_slug_key" ON "tenant"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "team_tenant_id_name_key" ON "team"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "team_member_tenant_id_person_id_idx" ON "team_member"("tenant_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "host_tenant_id_pool_id_uuid_key" ON "host"("tenant_id", "pool_id", "uuid");

-- CreateIndex
CREATE UNIQUE INDEX "vm_id_key" ON "vm"("id");

-- CreateIndex
CREATE INDEX "vm_tenant_id_name_idx" ON "vm"("tenant_id", "name");

-- CreateIndex
CREATE INDEX "vm_pool_tenant_id_pool_id_idx" ON "vm"("pool_tenant_id", "pool_id");

-- CreateIndex
CREATE UNIQUE INDEX "vm_pool_tenant_id_pool_id_uuid_key" ON "vm"("pool_tenant_id", "pool_id", "uuid");

-- CreateIndex
CREATE UNIQUE INDEX "allotment_tenant_id_pool_id_position_key" ON "allotment"("tenant_id", "pool_id", "position");

-- CreateIndex
CREATE INDEX "access_grant_tenant_id_person_id_idx" ON "access_grant"("tenant_id", "person_id");

-- CreateIndex
CREATE INDEX "access_grant_tenant_id_vm_id_idx" ON "access_grant"("tenant_id", "vm_id");

-- CreateIndex
CREATE UNIQUE INDEX "console_ticket_id_key" ON "console_ticket"("id");

-- CreateIndex
CREATE UNIQUE INDEX "console_ticket_secret_hash_key" ON "console_ticket"("secret_hash");

-- CreateIndex
CREATE INDEX "console_ticket_tenant_id_vm_id_idx" ON "console_ticket"("tenant_id", "vm_id");

-- CreateIndex
CREATE INDEX "console_ticket_expires_at_idx" ON "console_ticket"("expires_at");

-- CreateIndex
CREATE INDEX "console_hub_tenant_id_vm_id_idx" ON "console_hub"("tenant_id", "vm_id");

-- CreateIndex
CREATE INDEX "console_seat_tenant_id_vm_id_idx" ON "console_seat"("tenant_id", "vm_id");

-- CreateIndex
CREATE INDEX "console_seat_tenant_id_person_id_idx" ON "console_seat"("tenant_id", "person_id");

-- CreateIndex
CREATE UNIQUE INDEX "console_seat_tenant_id_ticket_id_key" ON "console_seat"("tenant_id", "ticket_id");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_action_seq_idx" ON "audit_event"("tenant_id", "action", "seq");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_actor_person_id_seq_idx" ON "audit_event"("tenant_id", "actor_person_id", "seq");

-- CreateIndex
CREATE INDEX "audit_event_tenant_id_target_id_seq_idx" ON "audit_event"("tenant_id", "target_id", "seq");

-- CreateIndex
CREATE UNIQUE INDEX "audit_event_tenant_id_event_id_key" ON "audit_event"("tenant_id", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE UNIQUE INDEX "login_session_digest_key" ON "login_session"("digest");

-- CreateIndex
CREATE INDEX "login_session_person_id_idx" ON "login_session"("person_id");

-- AddForeignKey
ALTER TABLE "tenant_policy" ADD CONSTRAINT "tenant_policy_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team" ADD CONSTRAINT "team_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_tenant_id_team_id_fkey" FOREIGN KEY ("tenant_id", "team_id") REFERENCES "team"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "team_member" ADD CONSTRAINT "team_member_tenant_id_person_id_fkey" FOREIGN KEY ("tenant_id", "person_id") REFERENCES "membership"("tenant_id", "person_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pool" ADD CONSTRAINT "pool_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "pool_credential" ADD CONSTRAINT "pool_credential_tenant_id_pool_id_fkey" FOREIGN KEY ("tenant_id", "pool_id") REFERENCES "pool"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "host" ADD CONSTRAINT "host_tenant_id_pool_id_fkey" FOREIGN KEY ("tenant_id", "pool_id") REFERENCES "pool"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "host_trust" ADD CONSTRAINT "host_trust_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "host"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "host_session" ADD CONSTRAINT "host_session_tenant_id_host_id_fkey" FOREIGN KEY ("tenant_id", "host_id") REFERENCES "host"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "vm" ADD CONSTRAINT "vm_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "vm" ADD CONSTRAINT "vm_pool_tenant_id_pool_id_fkey" FOREIGN KEY ("pool_tenant_id", "pool_id") REFERENCES "pool"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "vm" ADD CONSTRAINT "vm_pool_tenant_id_resident_host_id_fkey" FOREIGN KEY ("pool_tenant_id", "resident_host_id") REFERENCES "host"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "allotment" ADD CONSTRAINT "allotment_tenant_id_pool_id_fkey" FOREIGN KEY ("tenant_id", "pool_id") REFERENCES "pool"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_tenant_id_person_id_fkey" FOREIGN KEY ("tenant_id", "person_id") REFERENCES "membership"("tenant_id", "person_id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_tenant_id_team_id_fkey" FOREIGN KEY ("tenant_id", "team_id") REFERENCES "team"("tenant_id", "id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_tenant_id_vm_id_fkey" FOREIGN KEY ("tenant_id", "vm_id") REFERENCES "vm"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "console_ticket" ADD CONSTRAINT "console_ticket_tenant_id_vm_id_fkey" FOREIGN KEY ("tenant_id", "vm_id") REFERENCES "vm"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "console_seat" ADD CONSTRAINT "console_seat_tenant_id_hub_id_fkey" FOREIGN KEY ("tenant_id", "hub_id") REFERENCES "console_hub"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "login_session" ADD CONSTRAINT "login_session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- ------------------------------------------------------------------------------------------------------- checks
-- What a row may say whoever writes it. Prisma does not see checks: the catalogue gate holds them to its snapshot.

ALTER TABLE "tenant"
    ADD CONSTRAINT "tenant_slug_shape" CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    ADD CONSTRAINT "tenant_name_size" CHECK (length(name) BETWEEN 1 AND 120);

-- An organisation may go below the defaults, never above (architecture §7).
ALTER TABLE "tenant_policy"
    ADD CONSTRAINT "tenant_policy_idle" CHECK (idle_timeout_ms BETWEEN 60000 AND 1800000),
    ADD CONSTRAINT "tenant_policy_maximum" CHECK (maximum_time_ms BETWEEN 60000 AND 28800000),
    ADD CONSTRAINT "tenant_policy_cidrs" CHECK (allowed_cidrs IS NOT NULL);

ALTER TABLE "team"
    ADD CONSTRAINT "team_name_size" CHECK (length(name) BETWEEN 1 AND 120);

ALTER TABLE "pool"
    ADD CONSTRAINT "pool_name_size" CHECK (length(display_name) BETWEEN 1 AND 120),
    ADD CONSTRAINT "pool_address_size" CHECK (length(address) BETWEEN 1 AND 253),
    ADD CONSTRAINT "pool_port_range" CHECK (port BETWEEN 1 AND 65535),
    ADD CONSTRAINT "pool_pin_shape" CHECK (pin ~ '^([0-9A-F]{2}:){31}[0-9A-F]{2}$');

-- Sizes of the sealing of security.md §3: X25519 key, GCM nonce and tag.
ALTER TABLE "pool_credential"
    ADD CONSTRAINT "pool_credential_sizes" CHECK (
        octet_length(epk) = 32 AND octet_length(wrap_iv) = 12 AND octet_length(wrap_tag) = 16
        AND octet_length(wrapped_dek) = 32 AND octet_length(iv) = 12 AND octet_length(tag) = 16
        AND octet_length(ct) BETWEEN 1 AND 4096);

ALTER TABLE "host"
    ADD CONSTRAINT "host_override_whole" CHECK ((override_address IS NULL) = (override_port IS NULL)),
    ADD CONSTRAINT "host_override_port_range" CHECK (override_port BETWEEN 1 AND 65535);

ALTER TABLE "host_trust"
    ADD CONSTRAINT "host_trust_fingerprint_shape" CHECK (fingerprint_256 ~ '^([0-9A-F]{2}:){31}[0-9A-F]{2}$');

ALTER TABLE "host_session"
    ADD CONSTRAINT "host_session_sizes" CHECK (
        octet_length(epk) = 32 AND octet_length(wrap_iv) = 12 AND octet_length(wrap_tag) = 16
        AND octet_length(wrapped_dek) = 32 AND octet_length(iv) = 12 AND octet_length(tag) = 16
        AND octet_length(ct) BETWEEN 1 AND 16384);

ALTER TABLE "vm"
    ADD CONSTRAINT "vm_tags_present" CHECK (tags IS NOT NULL),
    ADD CONSTRAINT "vm_addresses_present" CHECK (addresses IS NOT NULL);

ALTER TABLE "access_grant"
    ADD CONSTRAINT "access_grant_one_receiver" CHECK (num_nonnulls(person_id, team_id) = 1),
    ADD CONSTRAINT "access_grant_one_target" CHECK (num_nonnulls(vm_id, tag) + all_vms::int = 1),
    ADD CONSTRAINT "access_grant_reason_size" CHECK (length(reason) <= 500);

ALTER TABLE "emergency_lock"
    ADD CONSTRAINT "emergency_lock_one_target" CHECK (num_nonnulls(person_id, vm_id, pool_id) <= 1);

-- A ticket lives 30 seconds; not even who may insert one can make a longer one, since created_at is no column of
-- theirs (0002) and the end is held to it. The second is the clock's rounding and the length of the transaction.
ALTER TABLE "console_ticket"
    ADD CONSTRAINT "console_ticket_sizes" CHECK (octet_length(secret_hash) = 32 AND octet_length(binder_hash) = 32),
    ADD CONSTRAINT "console_ticket_life" CHECK (expires_at <= created_at + interval '40 seconds'),
    ADD CONSTRAINT "console_ticket_outcome" CHECK (outcome IN (
        'waiting', 'opened', 'expired', 'used-before', 'other-browser', 'other-relay', 'other-site', 'revoked',
        'right-gone', 'limit-person', 'limit-console', 'limit-tenant', 'log-away'));

ALTER TABLE "console_seat"
    ADD CONSTRAINT "console_seat_rights_present" CHECK (rights IS NOT NULL),
    ADD CONSTRAINT "console_seat_end_whole" CHECK ((closed_at IS NULL) = (close_reason IS NULL));

ALTER TABLE "audit_head"
    ADD CONSTRAINT "audit_head_sizes" CHECK (seq >= 0 AND octet_length(hash) = 32);

ALTER TABLE "audit_event"
    ADD CONSTRAINT "audit_event_sizes" CHECK (
        seq > 0 AND octet_length(payload_hash) = 32 AND octet_length(prev_hash) = 32 AND octet_length(hash) = 32);

ALTER TABLE "pool_probe"
    ADD CONSTRAINT "pool_probe_address_size" CHECK (length(address) BETWEEN 1 AND 253),
    ADD CONSTRAINT "pool_probe_port_range" CHECK (port BETWEEN 1 AND 65535);

ALTER TABLE "person"
    ADD CONSTRAINT "person_email_lower" CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    ADD CONSTRAINT "person_name_size" CHECK (length(name) BETWEEN 1 AND 120);

-- Absolute end of a login session: twelve hours after it began (security.md §8).
ALTER TABLE "login_session"
    ADD CONSTRAINT "login_session_absolute" CHECK (expires_at <= created_at + interval '12 hours 1 minute'),
    ADD CONSTRAINT "login_session_binder_size" CHECK (octet_length(binder_hash) = 32);

ALTER TABLE "rate_counter"
    ADD CONSTRAINT "rate_counter_count" CHECK (count >= 0);

-- ------------------------------------------------------------------------------------------------------ indexes
-- Partial indexes over what is alive, so that their size is that of the present and not of history.

-- One live tunnel to one console: the race of two relays for it ends here.
CREATE UNIQUE INDEX "console_hub_one_live" ON "console_hub" (tenant_id, vm_id, kind) WHERE ended_at IS NULL;
CREATE INDEX "console_hub_live_by_relay" ON "console_hub" (relay_id) WHERE ended_at IS NULL;
CREATE INDEX "console_seat_live_by_relay" ON "console_seat" (relay_id) WHERE closed_at IS NULL;
CREATE INDEX "console_seat_live_by_person" ON "console_seat" (person_id) WHERE closed_at IS NULL;
CREATE INDEX "console_seat_live_by_tenant" ON "console_seat" (tenant_id, vm_id, kind) WHERE closed_at IS NULL;
CREATE INDEX "console_seat_live_by_hub" ON "console_seat" (tenant_id, hub_id) WHERE closed_at IS NULL;
CREATE INDEX "access_grant_live_by_team" ON "access_grant" (tenant_id, team_id) WHERE ended_at IS NULL;
CREATE INDEX "emergency_lock_live" ON "emergency_lock" (tenant_id) WHERE lifted_at IS NULL;
CREATE INDEX "pool_probe_waiting" ON "pool_probe" (created_at) WHERE finished_at IS NULL;
