-- What a second reading of the first eight found. Each part says what was open before it.

-- Every request asks for a person's organisations, and the primary key begins with the organisation.
CREATE INDEX "membership_person_id_idx" ON "membership"("person_id");
-- The relay names hubs and seats by id alone; without these each look-up reads the whole history.
CREATE INDEX "console_hub_id_idx" ON "console_hub"("id");
CREATE INDEX "console_seat_id_idx" ON "console_seat"("id");

GRANT UPDATE (operation, resident_host_id, domid, screen_console_ref, text_console_ref, addresses, gone_at)
  ON vm TO porthole_door;
GRANT DELETE ON host_session, login_session, pool_probe TO porthole_door;

DROP TRIGGER authority_update ON pool;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

DROP FUNCTION pool_authority_changed();

-- Removing a pool takes effect with its commit, whether a worker runs or not: no relay finds a sealed session of it any
-- more, and its machines are gone for their holders, whose epochs the triggers of `vm` raise.
CREATE FUNCTION pool_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.host_session s
    USING public.host h, new_rows n, old_rows o
    WHERE o.tenant_id = n.tenant_id AND o.id = n.id AND o.removed_at IS NULL AND n.removed_at IS NOT NULL
      AND h.tenant_id = n.tenant_id AND h.pool_id = n.id AND s.tenant_id = h.tenant_id AND s.host_id = h.id;
  UPDATE public.vm v SET gone_at = clock_timestamp(), operation = NULL, resident_host_id = NULL, domid = NULL,
      screen_console_ref = NULL, text_console_ref = NULL, addresses = '{}'
    FROM new_rows n, old_rows o
    WHERE o.tenant_id = n.tenant_id AND o.id = n.id AND o.removed_at IS NULL AND n.removed_at IS NOT NULL
      AND v.pool_tenant_id = n.tenant_id AND v.pool_id = n.id AND v.gone_at IS NULL;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION pool_removed() TO porthole_owner;

-- Hints named a pool, and since nobody could say whose it is, every page of every organisation heard of each. They name
-- the owner now; holders of machines there hear that their list looks different.
CREATE OR REPLACE FUNCTION pools_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    FOR v_tenant IN SELECT DISTINCT n.tenant_id FROM new_rows n LOOP
      PERFORM pg_notify('pools', v_tenant::text);
    END LOOP;
    RETURN NULL;
  END IF;
  FOR v_tenant IN
    SELECT DISTINCT n.tenant_id FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    WHERE (n.display_name, n.address, n.port, n.pin, n.state, n.state_reason, n.removed_at)
      IS DISTINCT FROM (o.display_name, o.address, o.port, o.pin, o.state, o.state_reason, o.removed_at)
  LOOP
    PERFORM pg_notify('pools', v_tenant::text);
  END LOOP;
  FOR v_tenant IN
    SELECT DISTINCT v.tenant_id
    FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    JOIN public.vm v ON v.pool_tenant_id = n.tenant_id AND v.pool_id = n.id
    WHERE (n.display_name, n.state) IS DISTINCT FROM (o.display_name, o.state)
  LOOP
    PERFORM pg_notify('inventory', v_tenant::text);
  END LOOP;
  RETURN NULL;
END
$$;

-- As in 0005, with the private ranges that the operator opened for the pool's owner: the relay may dial there for this
-- console alone.
CREATE OR REPLACE FUNCTION console_target_of(p_tenant uuid, p_vm uuid, p_kind public.console_kind) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'vm', jsonb_build_object(
      'id', v.id, 'tenantId', v.tenant_id, 'poolId', v.pool_id, 'poolTenantId', v.pool_tenant_id, 'uuid', v.uuid,
      'name', v.name, 'tags', v.tags, 'isControlDomain', v.is_control_domain, 'powerState', v.power_state,
      'consoleRef', CASE p_kind WHEN 'screen' THEN v.screen_console_ref ELSE v.text_console_ref END,
      'screenSwitchedOff', v.screen_switched_off, 'gone', v.gone_at IS NOT NULL OR p.removed_at IS NOT NULL),
    'host', CASE WHEN h.id IS NOT NULL THEN jsonb_build_object(
      'id', h.id, 'name', h.name,
      'address', coalesce(h.override_address, h.address), 'port', coalesce(h.override_port, 443),
      'session', CASE WHEN s.host_id IS NOT NULL THEN jsonb_build_object(
        'kid', s.kid, 'epk', public.base64_of(s.epk), 'wrapIv', public.base64_of(s.wrap_iv),
        'wrappedDek', public.base64_of(s.wrapped_dek), 'wrapTag', public.base64_of(s.wrap_tag),
        'iv', public.base64_of(s.iv), 'ct', public.base64_of(s.ct), 'tag', public.base64_of(s.tag),
        'generation', s.generation) END) END,
    'pool', jsonb_build_object('state', p.state, 'limitConsoleSessions', p.limit_console_sessions,
      'consoleIdleTimeoutS', p.console_idle_timeout_s, 'allowedCidrs', coalesce(
        (SELECT y.allowed_cidrs FROM public.tenant_policy y WHERE y.tenant_id = v.pool_tenant_id), '{}')))
  FROM public.vm v
  JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
  LEFT JOIN public.host h ON h.tenant_id = v.pool_tenant_id AND h.id = v.resident_host_id
  LEFT JOIN public.host_session s ON s.tenant_id = h.tenant_id AND s.host_id = h.id
  WHERE v.tenant_id = p_tenant AND v.id = p_vm
$$;

-- Who one source is: an IPv4 address, or the 64 bits of an IPv6 network, since each line at home has 2^64 addresses and
-- a flood from as many "sources" would have been written out in full.
CREATE FUNCTION source_of(p_ip text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN p_ip IS NULL OR NOT pg_input_is_valid(p_ip, 'inet') THEN replace(left(coalesce(p_ip, ''), 64), '|', ' ')
    WHEN family(p_ip::inet) = 4 OR p_ip::inet <<= inet '::ffff:0:0/96' THEN host(p_ip::inet)
    ELSE network(set_masklen(p_ip::inet, 64))::text END
$$;

CREATE OR REPLACE FUNCTION audit_write_refusal(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_key text := left(concat_ws('|', 'refusal', p_tenant, p_payload::jsonb ->> 'action',
    public.source_of(p_payload::jsonb ->> 'ip')), 200);
  v_count int;
BEGIN
  INSERT INTO public.rate_counter AS c (key, window_start, count)
    VALUES (v_key, date_trunc('minute', clock_timestamp()), 1)
    ON CONFLICT (key, window_start) DO UPDATE SET count = c.count + 1
    RETURNING c.count INTO v_count;
  IF v_count > 10 THEN
    RETURN 0;
  END IF;
  IF v_count = 1 THEN
    PERFORM public.audit_settle_refusals(v_key);
  END IF;
  RETURN public.audit_write(p_tenant, p_event, p_payload);
END
$$;

-- The beginning or end of a login session, in the platform's chain and in that of every organisation of its person, in
-- one transaction with the session itself: who checks an organisation's log sees its people come and go. Ascending, the
-- platform's nil uuid first, so that two of these cannot wait for each other.
CREATE FUNCTION audit_append_session(p_person uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF coalesce(p_payload::jsonb ->> 'action', '') NOT IN ('sign-in.ok', 'sign-out', 'session.ended')
     OR p_payload::jsonb #>> '{actor,personId}' IS DISTINCT FROM p_person::text THEN
    RAISE EXCEPTION 'no event of a login session of this person' USING ERRCODE = '42501';
  END IF;
  PERFORM public.audit_write('00000000-0000-0000-0000-000000000000', gen_random_uuid(), p_payload);
  FOR v_tenant IN SELECT m.tenant_id FROM public.membership m WHERE m.person_id = p_person ORDER BY m.tenant_id LOOP
    PERFORM public.audit_write(v_tenant, gen_random_uuid(), p_payload);
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION audit_append_session(uuid, text) TO porthole_portal;

-- As in 0006; looks at addresses go one by one for each organisation, so that one which looks at silent addresses does
-- not take the workers' places from the others' consoles.
CREATE OR REPLACE FUNCTION ask_worker(p_task text, p_payload jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_subject text;
BEGIN
  v_subject := CASE p_task
    WHEN 'probe-pool' THEN p_payload ->> 'probeId'
    WHEN 'sync-pool' THEN p_payload ->> 'poolId'
    WHEN 'refresh-session' THEN p_payload ->> 'hostId' END;
  IF v_subject IS NULL OR p_payload ->> 'tenantId' IS NULL OR EXISTS (
      SELECT FROM jsonb_each_text(p_payload) e
      WHERE e.key NOT IN ('tenantId', 'poolId', 'hostId', 'vmId', 'probeId') OR NOT pg_input_is_valid(e.value, 'uuid')) THEN
    RAISE EXCEPTION 'no such task, or not its payload: %', p_task USING ERRCODE = '22023';
  END IF;
  IF session_user = 'porthole_portal'
     AND (p_payload ->> 'tenantId')::uuid IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'a job for another organisation' USING ERRCODE = '42501';
  END IF;
  PERFORM graphile_worker.add_job(p_task, p_payload::json, max_attempts => 3,
    job_key => concat_ws(':', p_task, p_payload ->> 'tenantId', v_subject),
    queue_name => CASE p_task WHEN 'probe-pool' THEN 'probes of ' || (p_payload ->> 'tenantId') END);
END
$$;

-- What nobody needs any more: tickets, login sessions and looks at addresses a day after their end (the log keeps what
-- matters of them), sealed sessions that were written while their pool was being removed, old counters; and counts of
-- refusals become events.
CREATE OR REPLACE FUNCTION housekeep() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_day_ago timestamptz := clock_timestamp() - interval '24 hours';
BEGIN
  DELETE FROM public.console_ticket t WHERE t.expires_at < v_day_ago;
  DELETE FROM public.login_session l WHERE l.expires_at < v_day_ago;
  DELETE FROM public.pool_probe p WHERE p.created_at < v_day_ago;
  DELETE FROM public.host_session s USING public.host h, public.pool p
    WHERE h.tenant_id = s.tenant_id AND h.id = s.host_id AND p.tenant_id = h.tenant_id AND p.id = h.pool_id
      AND p.removed_at IS NOT NULL;
  DELETE FROM public.rate_counter c WHERE c.key LIKE 'rate|%' AND c.window_start < clock_timestamp() - interval '2 days';
  PERFORM public.audit_settle_refusals(NULL);
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER removal_update AFTER UPDATE ON pool REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION pool_removed();
