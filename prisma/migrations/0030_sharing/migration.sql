-- Sharing right by right, and the emergency lock of a team (architecture §3).

-- A grant is a role, or single rights where no role fits. Who may do anything with a machine may look at it: a grant
-- without `look` would be a right that nobody can find.
ALTER TABLE "access_grant" ALTER COLUMN "role" DROP NOT NULL, ADD COLUMN "rights" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "access_grant"
    ADD CONSTRAINT "access_grant_role_or_rights" CHECK ((role IS NULL) = (cardinality(rights) > 0)),
    ADD CONSTRAINT "access_grant_rights_known" CHECK (cardinality(rights) = 0 OR (
        'look' = ANY (rights) AND cardinality(rights) <= 8
        AND rights <@ ARRAY['look', 'type', 'clipboard', 'power', 'force-power', 'media', 'share', 'host-console']));

ALTER TABLE "emergency_lock" ADD COLUMN "team_id" UUID;
ALTER TABLE "emergency_lock" DROP CONSTRAINT "emergency_lock_one_target";
ALTER TABLE "emergency_lock"
    ADD CONSTRAINT "emergency_lock_one_target" CHECK (num_nonnulls(person_id, team_id, vm_id, pool_id) <= 1),
    ADD CONSTRAINT "emergency_lock_reason_size" CHECK (length(reason) <= 500);

-- One living lock for each thing: two people who press at once lock once.
CREATE UNIQUE INDEX "emergency_lock_once" ON "emergency_lock" (
    tenant_id, coalesce(person_id, team_id, vm_id, pool_id, tenant_id)) WHERE lifted_at IS NULL;

CREATE INDEX "access_grant_live_by_tag" ON "access_grant" (tenant_id, tag) WHERE ended_at IS NULL AND tag IS NOT NULL;

DROP TRIGGER authority_update ON access_grant;
CREATE TRIGGER authority_update AFTER UPDATE ON access_grant REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,id,person_id,team_id,vm_id,tag,all_vms,role,rights,ends_at,ended_at');
DROP TRIGGER authority_update ON emergency_lock;
CREATE TRIGGER authority_update AFTER UPDATE ON emergency_lock REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
  EXECUTE FUNCTION tenant_authority_changed('tenant_id,id,person_id,team_id,vm_id,pool_id,lifted_at');

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0021, with single rights and locks of teams.
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
        'id', g.id, 'role', g.role, 'rights', g.rights, 'team', team.name, 'endsAt', g.ends_at,
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
          WHEN l.team_id IS NOT NULL THEN jsonb_build_object('kind', 'team', 'teamId', l.team_id)
          WHEN l.vm_id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'vmId', l.vm_id)
          WHEN l.pool_id IS NOT NULL THEN jsonb_build_object('kind', 'pool', 'poolId', l.pool_id)
          ELSE jsonb_build_object('kind', 'tenant') END) ORDER BY l.id), '[]')
      FROM public.emergency_lock l
      WHERE l.tenant_id = t.id AND l.lifted_at IS NULL AND (l.person_id IS NULL OR l.person_id = p.id)
        AND (l.team_id IS NULL OR EXISTS (
          SELECT FROM public.team_member tm WHERE tm.tenant_id = t.id AND tm.team_id = l.team_id AND tm.person_id = p.id))),
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

-- As in 0017, with single rights in the events of the ended grants.
CREATE OR REPLACE FUNCTION vms_allot(p_tenant uuid, p_pool uuid, p_version int, p_moves jsonb, p_actor jsonb, p_ip text)
RETURNS TABLE (vm_id uuid, holder_id uuid, is_by_hand boolean, has_moved boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_version int;
  v_is_provider boolean;
  v_named uuid[];
  v_moves jsonb;
  v_moved uuid[];
  v_old uuid[];
  v_grants jsonb;
  v_operations jsonb;
  v_provider constant jsonb := '{"personId": null, "name": "provider", "kind": "system"}';
  v_row record;
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'machines of another organisation''s pool' USING ERRCODE = '42501';
  END IF;
  IF jsonb_array_length(p_moves) > 500 THEN
    RAISE EXCEPTION 'more than 500 machines at once' USING ERRCODE = '22023';
  END IF;
  SELECT p.allotment_version INTO v_version FROM public.pool p
    WHERE p.tenant_id = p_tenant AND p.id = p_pool AND p.removed_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such pool' USING ERRCODE = 'PH404';
  END IF;
  IF v_version <> p_version THEN
    RAISE EXCEPTION 'rules or hands have changed' USING ERRCODE = 'PH412';
  END IF;
  SELECT array_agg(m.vm) INTO v_named FROM jsonb_to_recordset(p_moves) AS m (vm uuid);
  PERFORM FROM public.tenant t
    WHERE t.id = p_tenant OR t.id IN (SELECT m."to" FROM jsonb_to_recordset(p_moves) AS m ("to" uuid))
      OR t.id IN (SELECT v.tenant_id FROM public.vm v WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (v_named))
    ORDER BY t.id FOR NO KEY UPDATE;
  PERFORM FROM public.vm v WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (v_named)
    ORDER BY v.id FOR UPDATE;
  SELECT t.kind = 'provider' INTO STRICT v_is_provider FROM public.tenant t WHERE t.id = p_tenant;
  -- Only a provider gives machines away; control domains stay, and so does what is gone until it comes back.
  SELECT coalesce(jsonb_agg(m), '[]') INTO v_moves
    FROM jsonb_array_elements(p_moves) m
    JOIN public.vm v ON v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = (m ->> 'vm')::uuid
    JOIN public.tenant t ON t.id = (m ->> 'to')::uuid
    WHERE v.gone_at IS NULL AND (m ->> 'hand' IS NOT NULL OR NOT v.by_hand)
      AND (t.id = p_tenant OR (v_is_provider AND NOT v.is_control_domain));
  SELECT array_agg(v.id ORDER BY v.id), array_agg(v.tenant_id ORDER BY v.id) INTO v_moved, v_old
    FROM jsonb_to_recordset(v_moves) AS m (vm uuid, "to" uuid)
    JOIN public.vm v ON v.id = m.vm
    WHERE v.tenant_id <> m."to";

  WITH ended AS (
    UPDATE public.power_operation o SET step = 'failed', failure = 'gone', finished_at = clock_timestamp()
      FROM unnest(v_moved, v_old) AS x (id, old)
      WHERE o.tenant_id = x.old AND o.vm_id = x.id AND o.step = 'waiting'
      RETURNING o.*)
  SELECT jsonb_agg(jsonb_build_object('tenant', e.tenant_id, 'vm', e.vm_id, 'name', e.vm_name, 'data', jsonb_build_object(
      'operationId', e.id, 'act', e.act, 'why', 'gone',
      'ms', floor(extract(epoch FROM clock_timestamp() - e.created_at) * 1000)::bigint,
      'asker', jsonb_build_object('id', e.person_id, 'name', e.person_name))) ORDER BY e.created_at, e.id)
    INTO v_operations FROM ended e;
  WITH ended AS (
    DELETE FROM public.access_grant g USING unnest(v_moved, v_old) AS x (id, old)
      WHERE g.tenant_id = x.old AND g.vm_id = x.id
      RETURNING g.*)
  SELECT jsonb_agg(jsonb_build_object('tenant', e.tenant_id, 'vm', e.vm_id, 'name', v.name, 'data', jsonb_build_object(
      'grantId', e.id, 'role', e.role, 'rights', to_jsonb(e.rights), 'reason', e.reason, 'why', 'machine-left',
      'endsAt', to_char(e.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'over', jsonb_build_object('kind', 'vm', 'id', v.id, 'name', v.name),
      'receiver', jsonb_build_object('kind', CASE WHEN e.team_id IS NULL THEN 'person' ELSE 'team' END,
        'id', coalesce(e.team_id, e.person_id), 'name', coalesce(team.name, who.name, '')))) ORDER BY e.vm_id, e.id)
    INTO v_grants
    FROM ended e
    JOIN public.vm v ON v.id = e.vm_id
    LEFT JOIN public.team ON team.tenant_id = e.tenant_id AND team.id = e.team_id
    LEFT JOIN public.person who ON who.id = e.person_id
    WHERE e.ended_at IS NULL AND coalesce(e.ends_at, 'infinity') > clock_timestamp();
  DELETE FROM public.console_ticket t USING unnest(v_moved, v_old) AS x (id, old) WHERE t.tenant_id = x.old AND t.vm_id = x.id;
  UPDATE public.vm v SET tenant_id = m."to", by_hand = coalesce(m.hand, v.by_hand)
    FROM jsonb_to_recordset(v_moves) AS m (vm uuid, "to" uuid, hand boolean)
    WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = m.vm
      AND (v.tenant_id, v.by_hand) IS DISTINCT FROM (m."to", coalesce(m.hand, v.by_hand));
  IF EXISTS (SELECT FROM jsonb_to_recordset(v_moves) AS m (hand boolean) WHERE m.hand IS NOT NULL) THEN
    UPDATE public.pool p SET allotment_version = p.allotment_version + 1 WHERE p.tenant_id = p_tenant AND p.id = p_pool;
  END IF;
  IF jsonb_array_length(v_moves) > 0 THEN
    PERFORM pg_notify('pools', p_tenant::text);
  END IF;

  -- The old holder reads that a machine left and not who has it; the new one that it came and not from whom; the owner all of it.
  PERFORM FROM public.audit_head h
    WHERE h.tenant_id = p_tenant OR h.tenant_id = ANY (v_old)
      OR h.tenant_id IN (SELECT m."to" FROM jsonb_to_recordset(p_moves) AS m ("to" uuid))
    ORDER BY h.tenant_id FOR UPDATE;
  FOR v_row IN
    SELECT e ->> 'tenant' AS tenant, 'power.failed' AS action, 'failed' AS outcome, e FROM jsonb_array_elements(v_operations) e
    UNION ALL
    SELECT e ->> 'tenant', 'grant.ended', 'ok', e FROM jsonb_array_elements(v_grants) e
  LOOP
    PERFORM public.audit_write(v_row.tenant::uuid, gen_random_uuid(), jsonb_build_object(
      'action', v_row.action, 'outcome', v_row.outcome, 'actor', v_provider,
      'target', jsonb_build_object('kind', 'vm', 'id', v_row.e ->> 'vm', 'name', v_row.e ->> 'name'),
      'data', v_row.e -> 'data')::text);
  END LOOP;
  FOR v_row IN
    SELECT v.name, x.id, x.old, v.tenant_id AS new, f.name AS old_name, t.name AS new_name, v.by_hand,
      jsonb_build_object('kind', 'vm', 'id', x.id, 'name', v.name) AS target,
      (SELECT count(*) FROM public.console_seat s
        WHERE s.tenant_id = x.old AND s.vm_id = x.id AND s.closed_at IS NULL) AS consoles,
      (SELECT count(*) FROM jsonb_array_elements(v_grants) g WHERE g ->> 'vm' = x.id::text) AS grants
    FROM unnest(v_moved, v_old) AS x (id, old)
    JOIN public.vm v ON v.id = x.id
    JOIN public.tenant f ON f.id = x.old
    JOIN public.tenant t ON t.id = v.tenant_id
    ORDER BY v.name, x.id
  LOOP
    IF v_row.old <> p_tenant THEN
      PERFORM public.audit_write(v_row.old, gen_random_uuid(), jsonb_build_object(
        'action', 'vm.left', 'outcome', 'ok', 'actor', v_provider, 'target', v_row.target,
        'data', jsonb_build_object('consoles', v_row.consoles, 'grants', v_row.grants))::text);
    END IF;
    IF v_row.new <> p_tenant THEN
      PERFORM public.audit_write(v_row.new, gen_random_uuid(), jsonb_build_object(
        'action', 'vm.arrived', 'outcome', 'ok', 'actor', v_provider, 'target', v_row.target, 'data', '{}'::jsonb)::text);
    END IF;
    PERFORM public.audit_write(p_tenant, gen_random_uuid(), (jsonb_strip_nulls(jsonb_build_object(
      'action', 'vm.allotted', 'outcome', 'ok', 'ip', p_ip)) || jsonb_build_object('actor', p_actor, 'target', v_row.target,
      'data', jsonb_build_object('poolId', p_pool,
        'from', jsonb_build_object('id', v_row.old, 'name', v_row.old_name),
        'to', jsonb_build_object('id', v_row.new, 'name', v_row.new_name),
        'why', CASE WHEN v_row.by_hand THEN 'hand' ELSE 'rule' END,
        'consoles', v_row.consoles, 'grants', v_row.grants)))::text);
  END LOOP;

  RETURN QUERY
    SELECT v.id, v.tenant_id, v.by_hand, v.id = ANY (coalesce(v_moved, '{}'))
    FROM public.vm v WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (v_named);
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
