-- Every end in the log: requests that nobody answered in time, and API tokens that a new password ended; and the token that
-- asked for a machine's power where the machine was allotted elsewhere meanwhile.

GRANT SELECT, UPDATE (outcome, ended_at) ON access_request TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- The event of a request for access, or of an emergency, that nobody answered in time.
CREATE FUNCTION request_lapsed_event(p_request public.access_request) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.ran_out_event('request.lapsed',
    jsonb_build_object('kind', 'vm', 'id', p_request.vm_id, 'name', p_request.vm_name), p_request.expires_at,
    jsonb_build_object('requestId', p_request.id, 'emergency', p_request.kind = 'break-glass', 'role', p_request.role,
      'lengthMs', p_request.length_ms, 'reason', p_request.reason,
      'receiver', jsonb_build_object('kind', 'person', 'id', p_request.person_id, 'name', p_request.person_name)))
$$;

-- As in 0033, with requests: their end is their mark, once.
CREATE OR REPLACE FUNCTION ends_tell() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_round constant int := 100;
  v_now constant timestamptz := clock_timestamp();
  v_row record;
  v_count int := 0;
BEGIN
  FOR v_row IN
    WITH due_grant AS (
      SELECT g.tenant_id, g.id FROM public.access_grant g
      WHERE g.ended_at IS NULL AND g.ends_at IS NOT NULL AND (g.end_told_at IS NULL OR g.end_told_at < g.ends_at)
        AND g.ends_at <= v_now
      ORDER BY g.ends_at LIMIT v_round FOR NO KEY UPDATE SKIP LOCKED),
    told_grant AS (
      UPDATE public.access_grant g SET end_told_at = v_now FROM due_grant d
      WHERE g.tenant_id = d.tenant_id AND g.id = d.id RETURNING g.*),
    due_link AS (
      SELECT l.tenant_id, l.id FROM public.guest_link l
      WHERE l.ended_at IS NULL AND (l.end_told_at IS NULL OR l.end_told_at < l.ends_at) AND l.ends_at <= v_now
      ORDER BY l.ends_at LIMIT v_round FOR NO KEY UPDATE SKIP LOCKED),
    told_link AS (
      UPDATE public.guest_link l SET end_told_at = v_now FROM due_link d
      WHERE l.tenant_id = d.tenant_id AND l.id = d.id RETURNING l.*),
    due_support AS (
      SELECT s.tenant_id, s.id FROM public.support_grant s
      WHERE s.ended_at IS NULL AND s.ends_at IS NOT NULL AND (s.end_told_at IS NULL OR s.end_told_at < s.ends_at)
        AND s.ends_at <= v_now
      ORDER BY s.ends_at LIMIT v_round FOR NO KEY UPDATE SKIP LOCKED),
    told_support AS (
      UPDATE public.support_grant s SET end_told_at = v_now FROM due_support d
      WHERE s.tenant_id = d.tenant_id AND s.id = d.id RETURNING s.*),
    due_token AS (
      SELECT k.tenant_id, k.id FROM public.api_token k
      WHERE k.ended_at IS NULL AND (k.end_told_at IS NULL OR k.end_told_at < k.ends_at) AND k.ends_at <= v_now
      ORDER BY k.ends_at LIMIT v_round FOR NO KEY UPDATE SKIP LOCKED),
    told_token AS (
      UPDATE public.api_token k SET end_told_at = v_now FROM due_token d
      WHERE k.tenant_id = d.tenant_id AND k.id = d.id RETURNING k.*),
    due_request AS (
      SELECT r.tenant_id, r.id FROM public.access_request r WHERE r.outcome IS NULL AND r.expires_at <= v_now
      ORDER BY r.expires_at LIMIT v_round FOR NO KEY UPDATE SKIP LOCKED),
    told_request AS (
      UPDATE public.access_request r SET outcome = 'expired', ended_at = r.expires_at FROM due_request d
      WHERE r.tenant_id = d.tenant_id AND r.id = d.id RETURNING r.*),
    -- Support is told to who gave it and to whose people came.
    support_event AS (
      SELECT s.tenant_id, s.provider_id, s.ends_at, s.id, public.ran_out_event('support.ended',
        jsonb_build_object('kind', 'organisation', 'id', t.id, 'name', t.name), s.ends_at,
        jsonb_build_object('grantId', s.id,
          'receiver', CASE WHEN s.person_id IS NOT NULL THEN
            jsonb_build_object('kind', 'person', 'id', s.person_id, 'name', s.person_name) END,
          'consoles', (SELECT count(*) FROM public.console_seat c
            WHERE c.tenant_id = s.tenant_id AND c.person_id = s.person_id AND c.opened_at < s.ends_at
              AND coalesce(c.closed_at, 'infinity') >= s.ends_at))) AS event
      FROM told_support s JOIN public.tenant t ON t.id = s.tenant_id)
    SELECT g.tenant_id AS chain, g.ends_at, g.id, public.grant_ran_out_event(
      (SELECT x FROM public.access_grant x WHERE x.tenant_id = g.tenant_id AND x.id = g.id)) AS event FROM told_grant g
    UNION ALL
    SELECT l.tenant_id, l.ends_at, l.id, public.ran_out_event('guest.ended',
      jsonb_build_object('kind', 'vm', 'id', l.vm_id, 'name', l.vm_name), l.ends_at,
      public.guest_field(l.id) || jsonb_build_object('guest', l.guest_name)) FROM told_link l
    UNION ALL
    SELECT k.tenant_id, k.ends_at, k.id, public.token_ran_out_event(
      (SELECT x FROM public.api_token x WHERE x.tenant_id = k.tenant_id AND x.id = k.id)) FROM told_token k
    UNION ALL
    SELECT r.tenant_id, r.expires_at, r.id, public.request_lapsed_event(
      (SELECT x FROM public.access_request x WHERE x.tenant_id = r.tenant_id AND x.id = r.id)) FROM told_request r
    UNION ALL
    SELECT e.tenant_id, e.ends_at, e.id, e.event FROM support_event e
    UNION ALL
    SELECT e.provider_id, e.ends_at, e.id, e.event FROM support_event e
      WHERE e.provider_id IS NOT NULL AND e.provider_id <> e.tenant_id
    ORDER BY chain, ends_at, id
  LOOP
    PERFORM public.audit_write(v_row.chain, gen_random_uuid(), v_row.event::text);
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END
$$;

-- The same for one person's requests, as they ask for something new: what has lapsed gives up its place at once, whenever the
-- worker comes by. Gives how many.
CREATE FUNCTION requests_lapse(p_tenant uuid, p_person uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_request public.access_request;
  v_count int := 0;
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'requests of another organisation' USING ERRCODE = '42501';
  END IF;
  FOR v_request IN
    UPDATE public.access_request r SET outcome = 'expired', ended_at = r.expires_at
      WHERE r.tenant_id = p_tenant AND r.person_id = p_person AND r.outcome IS NULL AND r.expires_at <= clock_timestamp()
      RETURNING r.*
  LOOP
    PERFORM public.audit_write(p_tenant, gen_random_uuid(), public.request_lapsed_event(v_request)::text);
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END
$$;
GRANT EXECUTE ON FUNCTION requests_lapse(uuid, uuid) TO porthole_portal;

-- As in 0032, with an event for each; the person did it, who chose the password. What had ended by its date is left to
-- ends_tell(), which tells it as that.
CREATE OR REPLACE FUNCTION api_tokens_end_with_password() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_token record;
BEGIN
  FOR v_token IN
    WITH ended AS (
      UPDATE public.api_token k SET ended_at = clock_timestamp(), ended_why = 'password-reset'
      WHERE k.person_id = NEW.id AND k.ended_at IS NULL AND k.ends_at > clock_timestamp()
      RETURNING k.tenant_id, k.id, k.name, k.created_at)
    SELECT * FROM ended e ORDER BY e.tenant_id, e.created_at, e.id
  LOOP
    PERFORM public.audit_write(v_token.tenant_id, gen_random_uuid(), jsonb_build_object(
      'action', 'token.ended', 'outcome', 'ok',
      'actor', jsonb_build_object('personId', NEW.id, 'name', NEW.name, 'kind', 'person'),
      'target', jsonb_build_object('kind', 'token', 'id', v_token.id, 'name', v_token.name),
      'data', jsonb_build_object('tokenId', v_token.id, 'name', v_token.name, 'why', 'password-changed'))::text);
  END LOOP;
  RETURN NULL;
END
$$;

-- As in 0030, with the token that asked in the events of the ended power operations.
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
      'asker', jsonb_build_object('id', e.person_id, 'name', e.person_name)
        || CASE WHEN e.token_id IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('token',
          jsonb_build_object('id', e.token_id, 'name', e.token_name)) END)) ORDER BY e.created_at, e.id)
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

-- At the end of the transaction, when the events of the password itself have locked the chains in their order: the
-- platform's first.
DROP TRIGGER password_changed ON person;
CREATE CONSTRAINT TRIGGER password_changed AFTER UPDATE OF password_hash ON person DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.password_hash IS DISTINCT FROM NEW.password_hash) EXECUTE FUNCTION api_tokens_end_with_password();
