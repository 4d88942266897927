-- Passkeys (WebAuthn): a second factor, a sign-in without a password, and a fresh proof (ADR 0023, architecture §3).

-- The public half of a key pair whose other half never leaves its device. Nothing here opens anything; a changed row
-- shuts its person out, or lets another key in, so only the portal writes.
CREATE TABLE "passkey" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" UUID NOT NULL,
    "credential_id" BYTEA NOT NULL,
    "public_key" BYTEA NOT NULL,
    -- How often the device says that the key was used; a number that does not grow is a copy. 0: it does not count.
    "sign_count" BIGINT NOT NULL,
    "transports" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "name" TEXT NOT NULL,
    "is_synced" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkey_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "passkey_credential_id_size" CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    CONSTRAINT "passkey_public_key_size" CHECK (octet_length(public_key) BETWEEN 1 AND 4096),
    CONSTRAINT "passkey_name_length" CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT "passkey_transports_present" CHECK (transports IS NOT NULL),
    CONSTRAINT "passkey_sign_count" CHECK (sign_count BETWEEN 0 AND 4294967295)
);
CREATE UNIQUE INDEX "passkey_credential_id_key" ON "passkey"("credential_id");
CREATE INDEX "passkey_person_id_idx" ON "passkey"("person_id");

-- What a device is asked to sign: once, within minutes, in the browser that holds the cookie whose digest this is.
CREATE TABLE "passkey_challenge" (
    "digest" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    -- Null: whoever has a passkey may sign in.
    "person_id" UUID,
    "challenge" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "passkey_challenge_pkey" PRIMARY KEY ("digest"),
    CONSTRAINT "passkey_challenge_purpose" CHECK (purpose IN ('sign-in', 'factor', 'confirm', 'add')),
    CONSTRAINT "passkey_challenge_person" CHECK ((purpose = 'sign-in') = (person_id IS NULL)),
    CONSTRAINT "passkey_challenge_life" CHECK (expires_at <= created_at + interval '6 minutes')
);
CREATE INDEX "passkey_challenge_person_id_idx" ON "passkey_challenge"("person_id");
CREATE INDEX "passkey_challenge_expires_at_idx" ON "passkey_challenge"("expires_at");

ALTER TABLE "passkey" ADD CONSTRAINT "passkey_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "passkey_challenge" ADD CONSTRAINT "passkey_challenge_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "passkey" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "passkey" FORCE ROW LEVEL SECURITY;
ALTER TABLE "passkey_challenge" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "passkey_challenge" FORCE ROW LEVEL SECURITY;
CREATE POLICY portal ON passkey TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY portal ON passkey_challenge TO porthole_portal USING (true) WITH CHECK (true);

-- A key is never exchanged in place: the old one goes and another comes.
GRANT SELECT, INSERT, UPDATE (sign_count, last_used_at, name, is_synced), DELETE ON passkey TO porthole_portal;
GRANT SELECT, INSERT, DELETE ON passkey_challenge TO porthole_portal;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0021, with a passkey that got another name.
CREATE OR REPLACE FUNCTION audit_append_session(p_person uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF coalesce(p_payload::jsonb ->> 'action', '') NOT IN ('sign-in.ok', 'sign-out', 'session.ended',
       'factor.added', 'factor.removed', 'factor.renamed', 'factor.refused', 'factor.recovery', 'factor.codes-made',
       'sign-in.confirmed')
     OR p_payload::jsonb #>> '{actor,personId}' IS DISTINCT FROM p_person::text THEN
    RAISE EXCEPTION 'no event of a login session of this person' USING ERRCODE = '42501';
  END IF;
  PERFORM public.audit_write('00000000-0000-0000-0000-000000000000', gen_random_uuid(), p_payload);
  FOR v_tenant IN SELECT m.tenant_id FROM public.membership m WHERE m.person_id = p_person ORDER BY m.tenant_id LOOP
    PERFORM public.audit_write(v_tenant, gen_random_uuid(), p_payload);
  END LOOP;
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
