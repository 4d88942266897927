-- The second factor: codes of an app, recovery codes; a sign-in that waits for one; and an organisation's policy
-- that asks for it (security.md §8, architecture §3).

-- -------------------------------------------------------------------------------------------- identity tables

-- The app that makes a person's codes. Its seed is sealed by a key of its own that only the portal has; a row that was
-- copied to another person does not open. Nothing counts before `confirmed_at`.
CREATE TABLE "totp" (
    "person_id" UUID NOT NULL,
    "kid" TEXT NOT NULL,
    "iv" BYTEA NOT NULL,
    "ct" BYTEA NOT NULL,
    "tag" BYTEA NOT NULL,
    "last_step" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "totp_pkey" PRIMARY KEY ("person_id"),
    CONSTRAINT "totp_sizes" CHECK (octet_length(iv) = 12 AND octet_length(tag) = 16 AND octet_length(ct) = 20)
);

-- A code for the day on which the app is lost: 80 random bits, known by their hash, good once.
CREATE TABLE "recovery_code" (
    "person_id" UUID NOT NULL,
    "digest" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("person_id", "digest"),
    CONSTRAINT "recovery_code_digest_size" CHECK (octet_length(digest) = 32)
);

-- A right password whose second factor is still missing. No login session: nothing that reads sessions finds it, and all
-- that can be done with it is to finish or to leave.
CREATE TABLE "pending_sign_in" (
    "digest" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pending_sign_in_pkey" PRIMARY KEY ("digest"),
    CONSTRAINT "pending_sign_in_life" CHECK (expires_at <= created_at + interval '11 minutes')
);
CREATE INDEX "pending_sign_in_person_id_idx" ON "pending_sign_in"("person_id");
CREATE INDEX "pending_sign_in_expires_at_idx" ON "pending_sign_in"("expires_at");

ALTER TABLE "totp" ADD CONSTRAINT "totp_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE "pending_sign_in" ADD CONSTRAINT "pending_sign_in_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

-- When a second factor, or the person at all, was last proved in this session.
ALTER TABLE "login_session"
  ADD COLUMN "factor_at" TIMESTAMPTZ(3),
  ADD COLUMN "confirmed_at" TIMESTAMPTZ(3);

ALTER TABLE "totp" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "totp" FORCE ROW LEVEL SECURITY;
ALTER TABLE "recovery_code" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "recovery_code" FORCE ROW LEVEL SECURITY;
ALTER TABLE "pending_sign_in" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "pending_sign_in" FORCE ROW LEVEL SECURITY;
CREATE POLICY portal ON totp TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY portal ON recovery_code TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY portal ON pending_sign_in TO porthole_portal USING (true) WITH CHECK (true);

-- A seed is never exchanged in place: the old one goes and another comes.
GRANT SELECT, INSERT, UPDATE (last_step, confirmed_at), DELETE ON totp TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (used_at), DELETE ON recovery_code TO porthole_portal;
GRANT SELECT, INSERT, DELETE ON pending_sign_in TO porthole_portal;
GRANT UPDATE (factor_at, confirmed_at) ON login_session TO porthole_portal;
GRANT SELECT (factor_at) ON login_session TO porthole_door;

-- ----------------------------------------------------------------------------------------------------- policy

ALTER TABLE "tenant_policy"
  ADD COLUMN "second_factor" TEXT NOT NULL DEFAULT 'off',
  -- How old a second factor may be when a console opens; null: of any age, or none.
  ADD COLUMN "console_factor_max_age_ms" INTEGER,
  ADD CONSTRAINT "tenant_policy_second_factor" CHECK (second_factor IN ('off', 'members')),
  ADD CONSTRAINT "tenant_policy_console_factor" CHECK (console_factor_max_age_ms BETWEEN 60000 AND 43200000);
GRANT INSERT (second_factor, console_factor_max_age_ms), UPDATE (second_factor, console_factor_max_age_ms)
  ON tenant_policy TO porthole_portal;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0015, with the second factor: whether the organisation asks for one, and when this session proved one.
CREATE OR REPLACE FUNCTION authority_facts_of(p_tenant uuid, p_person uuid, p_login_session uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'now', clock_timestamp(),
    'tenant', jsonb_build_object('id', t.id, 'kind', t.kind, 'suspended', t.suspended_at IS NOT NULL, 'epoch', t.authority_epoch::text),
    'person', jsonb_build_object('id', p.id, 'name', p.name, 'disabled', p.disabled_at IS NOT NULL, 'epoch', p.authority_epoch::text),
    'sessionAlive', public.login_alive(p_login_session, p_person),
    'factorAt', (SELECT s.factor_at FROM public.login_session s WHERE s.id = p_login_session AND s.person_id = p_person),
    'role', (SELECT m.role FROM public.membership m WHERE m.tenant_id = t.id AND m.person_id = p.id),
    'grants', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', g.id, 'role', g.role, 'team', team.name, 'endsAt', g.ends_at,
        'target', CASE
          WHEN g.vm_id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'vmId', g.vm_id)
          WHEN g.tag IS NOT NULL THEN jsonb_build_object('kind', 'tag', 'tag', g.tag)
          ELSE jsonb_build_object('kind', 'all') END) ORDER BY g.id), '[]')
      FROM public.access_grant g
      LEFT JOIN public.team ON team.tenant_id = g.tenant_id AND team.id = g.team_id
      WHERE g.tenant_id = t.id AND g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
        AND (g.person_id = p.id OR g.team_id IN (
          SELECT tm.team_id FROM public.team_member tm WHERE tm.tenant_id = t.id AND tm.person_id = p.id))),
    'locks', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'target', CASE
          WHEN l.person_id IS NOT NULL THEN jsonb_build_object('kind', 'person', 'personId', l.person_id)
          WHEN l.vm_id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'vmId', l.vm_id)
          WHEN l.pool_id IS NOT NULL THEN jsonb_build_object('kind', 'pool', 'poolId', l.pool_id)
          ELSE jsonb_build_object('kind', 'tenant') END) ORDER BY l.id), '[]')
      FROM public.emergency_lock l
      WHERE l.tenant_id = t.id AND l.lifted_at IS NULL AND (l.person_id IS NULL OR l.person_id = p.id)),
    'policy', (
      SELECT jsonb_build_object('idleTimeoutMs', max(y.idle_timeout_ms), 'maximumTimeMs', max(y.maximum_time_ms),
        'clipboardToGuest', coalesce(bool_and(y.clipboard_to_guest), true),
        'clipboardFromGuest', coalesce(bool_and(y.clipboard_from_guest), true),
        'keyboard', coalesce(max(y.keyboard), 'free'),
        'secondFactor', coalesce(max(y.second_factor), 'off'),
        'consoleFactorMaxAgeMs', max(y.console_factor_max_age_ms))
      FROM public.tenant_policy y WHERE y.tenant_id = t.id))
  FROM public.tenant t, public.person p
  WHERE t.id = p_tenant AND p.id = p_person
$$;

-- Which of a person's organisations ask for a second factor, before one of them is in context.
CREATE FUNCTION factor_demands_of(p_person uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT m.tenant_id FROM public.membership m JOIN public.tenant_policy y ON y.tenant_id = m.tenant_id
  WHERE m.person_id = p_person AND y.second_factor = 'members'
$$;
GRANT EXECUTE ON FUNCTION factor_demands_of(uuid) TO porthole_portal;

-- As in 0009, with what happens to a person's second factor, which is read where their sign-ins are.
CREATE OR REPLACE FUNCTION audit_append_session(p_person uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF coalesce(p_payload::jsonb ->> 'action', '') NOT IN ('sign-in.ok', 'sign-out', 'session.ended',
       'factor.added', 'factor.removed', 'factor.refused', 'factor.recovery', 'factor.codes-made', 'sign-in.confirmed')
     OR p_payload::jsonb #>> '{actor,personId}' IS DISTINCT FROM p_person::text THEN
    RAISE EXCEPTION 'no event of a login session of this person' USING ERRCODE = '42501';
  END IF;
  PERFORM public.audit_write('00000000-0000-0000-0000-000000000000', gen_random_uuid(), p_payload);
  FOR v_tenant IN SELECT m.tenant_id FROM public.membership m WHERE m.person_id = p_person ORDER BY m.tenant_id LOOP
    PERFORM public.audit_write(v_tenant, gen_random_uuid(), p_payload);
  END LOOP;
END
$$;

-- As in 0007, and a session that loses its second factor, or gains one.
CREATE OR REPLACE FUNCTION login_session_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM public.bump_persons((SELECT array_agg(o.person_id) FROM old_rows o));
  ELSE
    PERFORM public.bump_persons((
      SELECT array_agg(n.person_id) FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE (n.expires_at < o.expires_at AND n.expires_at <= clock_timestamp())
        OR (n.factor_at IS NULL) <> (o.factor_at IS NULL)));
  END IF;
  RETURN NULL;
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

-- As in 0015, for whether a second factor is asked for. How old it may be counts when a console opens, and no later.
DROP TRIGGER authority_insert ON tenant_policy;
DROP TRIGGER authority_update ON tenant_policy;
DROP TRIGGER authority_delete ON tenant_policy;
CREATE TRIGGER authority_insert AFTER INSERT ON tenant_policy REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,idle_timeout_ms,maximum_time_ms,clipboard_to_guest,clipboard_from_guest,keyboard,second_factor');
CREATE TRIGGER authority_update AFTER UPDATE ON tenant_policy REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,idle_timeout_ms,maximum_time_ms,clipboard_to_guest,clipboard_from_guest,keyboard,second_factor');
CREATE TRIGGER authority_delete AFTER DELETE ON tenant_policy REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,idle_timeout_ms,maximum_time_ms,clipboard_to_guest,clipboard_from_guest,keyboard,second_factor');
