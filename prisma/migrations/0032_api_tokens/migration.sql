-- API tokens (ADR 0026): a person's program acts for them in one organisation, with less than they may themself, until an end.

CREATE TABLE "api_token" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    -- Of the token, which is shown once and kept nowhere.
    "digest" BYTEA NOT NULL,
    "scopes" TEXT[] NOT NULL,
    -- When the login session that made it had proved a second factor; null: never.
    "factor_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_ip" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "ended_why" TEXT,
    "ended_by" UUID,
    "ended_name" TEXT,

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "api_token_digest_size" CHECK (octet_length(digest) = 32),
    CONSTRAINT "api_token_name_length" CHECK (char_length(name) BETWEEN 1 AND 60),
    CONSTRAINT "api_token_scopes" CHECK (cardinality(scopes) >= 1 AND scopes <@ ARRAY['machines', 'power', 'share', 'log', 'pools']),
    CONSTRAINT "api_token_life" CHECK (ends_at > created_at AND ends_at <= created_at + interval '366 days'),
    CONSTRAINT "api_token_end" CHECK ((ended_at IS NULL) = (ended_why IS NULL) AND num_nulls(ended_by, ended_name) IN (0, 2)
      AND coalesce(ended_why IN ('by-hand', 'password-reset'), true) AND coalesce(ended_why = 'by-hand', false) = (ended_by IS NOT NULL))
);
CREATE UNIQUE INDEX "api_token_digest_key" ON "api_token"("digest");
CREATE INDEX "api_token_tenant_id_person_id_idx" ON "api_token"("tenant_id", "person_id");
-- Who leaves the organisation leaves no token behind, and who comes back finds none.
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_tenant_id_person_id_fkey" FOREIGN KEY ("tenant_id", "person_id") REFERENCES "membership"("tenant_id", "person_id") ON DELETE CASCADE ON UPDATE RESTRICT;

ALTER TABLE "api_token" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "api_token" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "api_token" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- What a token is, whose, and until when, is said once.
GRANT SELECT, INSERT (tenant_id, id, person_id, name, digest, scopes, factor_at, created_at, ends_at),
  UPDATE (last_used_at, last_used_ip, ended_at, ended_why, ended_by, ended_name) ON api_token TO porthole_portal;
GRANT SELECT, UPDATE (ended_at, ended_why) ON api_token TO porthole_door;
GRANT SELECT (person_id, confirmed_at) ON totp TO porthole_door;
GRANT SELECT (person_id) ON passkey TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- The token behind a digest: which organisation's, before one is in context. Whether it still gives anything is asked there.
CREATE FUNCTION api_token_find(p_digest bytea) RETURNS TABLE (tenant_id uuid, token_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.tenant_id, k.id FROM public.api_token k WHERE k.digest = p_digest
$$;
GRANT EXECUTE ON FUNCTION api_token_find(bytea) TO porthole_portal;

-- What is true of a token: all that is true of its person at this moment, and the token in place of a login session. A second
-- factor that its maker showed counts for as long as they have one.
CREATE FUNCTION api_token_facts(p_tenant uuid, p_token uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'a token of another organisation' USING ERRCODE = '42501';
  END IF;
  RETURN (
    SELECT public.authority_facts_of(k.tenant_id, k.person_id, NULL) || jsonb_build_object(
      'sessionAlive', k.ended_at IS NULL AND k.ends_at > clock_timestamp(),
      'factorAt', CASE WHEN EXISTS (SELECT FROM public.totp t WHERE t.person_id = k.person_id AND t.confirmed_at IS NOT NULL)
        OR EXISTS (SELECT FROM public.passkey y WHERE y.person_id = k.person_id) THEN k.factor_at END)
    FROM public.api_token k WHERE k.tenant_id = p_tenant AND k.id = p_token);
END
$$;
GRANT EXECUTE ON FUNCTION api_token_facts(uuid, uuid) TO porthole_portal;

-- Who chooses a new password may fear for the old one, and for what was made by it.
CREATE FUNCTION api_tokens_end_with_password() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.api_token k SET ended_at = clock_timestamp(), ended_why = 'password-reset'
    WHERE k.person_id = NEW.id AND k.ended_at IS NULL;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION api_tokens_end_with_password() TO porthole_owner;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER password_changed AFTER UPDATE OF password_hash ON person FOR EACH ROW
  WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash) EXECUTE FUNCTION api_tokens_end_with_password();
