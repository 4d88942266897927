-- The organisation's policy gets a page (design.md §5, "Policy, settings"), and a rule for the keyboard of its consoles:
-- who would like to type may take it with notice, may only ask for it, or waits until it is free (design.md §6).

-- What was set by hand beyond what anything obeys says now what was obeyed.
ALTER TABLE "tenant_policy" NO FORCE ROW LEVEL SECURITY;
UPDATE "tenant_policy" SET "text_kept_ms" = least("text_kept_ms", 900000), "scrollback_bytes" = least("scrollback_bytes", 262144)
  WHERE "text_kept_ms" > 900000 OR "scrollback_bytes" > 262144;
ALTER TABLE "tenant_policy" FORCE ROW LEVEL SECURITY;

ALTER TABLE "tenant_policy"
  ADD COLUMN "keyboard" TEXT NOT NULL DEFAULT 'free',
  -- Grows with each change from the page: who saves over another's change is told so.
  ADD COLUMN "version" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "changed_at" TIMESTAMPTZ(3),
  ADD COLUMN "changed_by" UUID,
  ADD COLUMN "changed_name" TEXT,
  ADD CONSTRAINT "tenant_policy_keyboard" CHECK (keyboard IN ('free', 'ask-only', 'one-person')),
  ADD CONSTRAINT "tenant_policy_changed" CHECK (num_nulls(changed_at, changed_by, changed_name) IN (0, 3)),
  DROP CONSTRAINT "tenant_policy_text_kept",
  ADD CONSTRAINT "tenant_policy_text_kept" CHECK (text_kept_ms BETWEEN 0 AND 900000),
  ADD CONSTRAINT "tenant_policy_scrollback" CHECK (scrollback_bytes BETWEEN 0 AND 262144);
GRANT INSERT (keyboard, version, changed_at, changed_by, changed_name), UPDATE (keyboard, version, changed_at, changed_by, changed_name)
  ON tenant_policy TO porthole_portal;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0013, with the rule for the keyboard.
CREATE OR REPLACE FUNCTION authority_facts_of(p_tenant uuid, p_person uuid, p_login_session uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'now', clock_timestamp(),
    'tenant', jsonb_build_object('id', t.id, 'kind', t.kind, 'suspended', t.suspended_at IS NOT NULL, 'epoch', t.authority_epoch::text),
    'person', jsonb_build_object('id', p.id, 'name', p.name, 'disabled', p.disabled_at IS NOT NULL, 'epoch', p.authority_epoch::text),
    'sessionAlive', public.login_alive(p_login_session, p_person),
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
        'keyboard', coalesce(max(y.keyboard), 'free'))
      FROM public.tenant_policy y WHERE y.tenant_id = t.id))
  FROM public.tenant t, public.person p
  WHERE t.id = p_tenant AND p.id = p_person
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

-- As in 0013, for the keyboard too.
DROP TRIGGER authority_insert ON tenant_policy;
DROP TRIGGER authority_update ON tenant_policy;
DROP TRIGGER authority_delete ON tenant_policy;
CREATE TRIGGER authority_insert AFTER INSERT ON tenant_policy REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,idle_timeout_ms,maximum_time_ms,clipboard_to_guest,clipboard_from_guest,keyboard');
CREATE TRIGGER authority_update AFTER UPDATE ON tenant_policy REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,idle_timeout_ms,maximum_time_ms,clipboard_to_guest,clipboard_from_guest,keyboard');
CREATE TRIGGER authority_delete AFTER DELETE ON tenant_policy REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,idle_timeout_ms,maximum_time_ms,clipboard_to_guest,clipboard_from_guest,keyboard');
