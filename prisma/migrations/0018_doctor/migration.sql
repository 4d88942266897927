-- Checks of a pool, a host or a machine: asked by who manages the pool or by the schedule, done by the worker that watches
-- the pool and then by a relay, followed on the page step by step (ADR 0017).

CREATE TYPE check_origin AS ENUM ('person', 'schedule');
CREATE TYPE check_state AS ENUM ('waiting', 'worker', 'handed', 'relay', 'done', 'cancelled', 'broken');
CREATE TYPE check_result AS ENUM ('good', 'warn', 'bad');

-- One run, with its steps as they came: they are written by two parties one after the other and always read together.
CREATE TABLE check_run (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  pool_id uuid NOT NULL,
  host_id uuid,
  vm_id uuid,
  target_name text NOT NULL,
  origin check_origin NOT NULL DEFAULT 'person',
  person_id uuid,
  person_name text,
  state check_state NOT NULL DEFAULT 'waiting',
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  worker text,
  handed_at timestamptz(3),
  relay_id text,
  beat_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz(3),
  under_way text,
  steps jsonb NOT NULL DEFAULT '[]',
  result check_result,
  cancel_asked_at timestamptz(3),
  cancel_asked_by text,
  CONSTRAINT check_run_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT check_run_tenant_id_pool_id_fkey FOREIGN KEY (tenant_id, pool_id) REFERENCES pool (tenant_id, id)
    ON UPDATE RESTRICT ON DELETE CASCADE,
  CONSTRAINT check_run_one_target CHECK (num_nonnulls(host_id, vm_id) <= 1),
  CONSTRAINT check_run_who CHECK ((origin = 'person') = (person_id IS NOT NULL AND person_name IS NOT NULL)),
  CONSTRAINT check_run_words CHECK (length(target_name) <= 300 AND length(person_name) <= 300 AND length(under_way) <= 300
    AND length(worker) <= 200 AND length(relay_id) <= 200 AND length(cancel_asked_by) <= 300),
  CONSTRAINT check_run_steps CHECK (jsonb_typeof(steps) = 'array' AND jsonb_array_length(steps) <= 400
    AND octet_length(steps::text) <= 524288),
  CONSTRAINT check_run_end CHECK ((finished_at IS NOT NULL) = (state IN ('done', 'cancelled', 'broken'))
    AND (result IS NOT NULL) = (state = 'done'))
);
-- One run of a pool at a time, whoever asks.
CREATE UNIQUE INDEX check_run_one_open ON check_run (tenant_id, pool_id) WHERE finished_at IS NULL;
CREATE INDEX check_run_of_pool ON check_run (tenant_id, pool_id, created_at DESC);
CREATE INDEX check_run_open ON check_run (state) WHERE finished_at IS NULL;

ALTER TABLE check_run ENABLE ROW LEVEL SECURITY;
ALTER TABLE check_run FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON check_run
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT (tenant_id, id, pool_id, host_id, vm_id, target_name, person_id, person_name),
  UPDATE (cancel_asked_at, cancel_asked_by) ON check_run TO porthole_portal;
GRANT SELECT ON check_run TO porthole_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON check_run TO porthole_door;
GRANT SELECT ON pool_lease TO porthole_door;

-- How often the schedule runs, in hours; null for never.
ALTER TABLE "pool" ADD COLUMN "check_every_h" SMALLINT DEFAULT 6,
  ADD CONSTRAINT "pool_check_every" CHECK (check_every_h BETWEEN 1 AND 168);
GRANT UPDATE (check_every_h) ON pool TO porthole_portal;
GRANT SELECT (check_every_h) ON pool TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Hints: the worker that watches the pool looks now, a relay takes its part, and pages of the owner show what changed.
CREATE FUNCTION checks_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_row record;
BEGIN
  FOR v_row IN SELECT DISTINCT n.tenant_id, n.pool_id, n.state, n.cancel_asked_at IS NOT NULL AS cancels FROM new_rows n LOOP
    PERFORM pg_notify('checks', v_row.tenant_id::text);
    IF v_row.state = 'waiting' OR v_row.cancels THEN
      PERFORM pg_notify('check_asked', v_row.pool_id::text);
    ELSIF v_row.state = 'handed' THEN
      PERFORM pg_notify('check_handed', v_row.pool_id::text);
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION checks_changed() TO porthole_owner;

-- Ends a run with its event and keeps the history short. Not for anybody to call: the functions below do.
CREATE FUNCTION check_close(p_run public.check_run, p_state public.check_state, p_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_result public.check_result;
  v_bad int;
BEGIN
  SELECT count(*) FILTER (WHERE s ->> 'state' = 'bad'),
      CASE WHEN bool_or(s ->> 'state' = 'bad') THEN 'bad' WHEN bool_or(s ->> 'state' = 'warn') THEN 'warn' ELSE 'good' END
    INTO v_bad, v_result FROM jsonb_array_elements(p_run.steps) s;
  UPDATE public.check_run r SET state = p_state, finished_at = clock_timestamp(), under_way = NULL, steps = p_run.steps,
      result = CASE WHEN p_state = 'done' THEN v_result END
    WHERE r.tenant_id = p_run.tenant_id AND r.id = p_run.id AND r.finished_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM public.audit_write(p_run.tenant_id, gen_random_uuid(), jsonb_build_object(
    'action', 'check.done', 'outcome', CASE WHEN p_state = 'done' AND v_result <> 'bad' THEN 'ok' ELSE 'failed' END,
    'actor', jsonb_build_object('personId', NULL, 'name', p_by, 'kind', 'system'),
    'target', CASE WHEN p_run.vm_id IS NULL
      THEN jsonb_build_object('kind', 'pool', 'id', p_run.pool_id, 'name', p_run.target_name)
      ELSE jsonb_build_object('kind', 'vm', 'id', p_run.vm_id, 'name', p_run.target_name) END,
    'data', jsonb_build_object('runId', p_run.id, 'origin', p_run.origin, 'end', p_state,
      'result', CASE WHEN p_state = 'done' THEN v_result END, 'steps', jsonb_array_length(p_run.steps), 'bad', v_bad,
      'ms', floor(extract(epoch FROM clock_timestamp() - p_run.created_at) * 1000)::bigint))::text);
  DELETE FROM public.check_run d USING (
      SELECT o.id FROM public.check_run o
      WHERE o.tenant_id = p_run.tenant_id AND o.pool_id = p_run.pool_id AND o.finished_at IS NOT NULL
      ORDER BY o.created_at DESC OFFSET 30) old
    WHERE d.tenant_id = p_run.tenant_id AND d.id = old.id;
END
$$;

-- The worker takes a run that waits; whoever comes second gets nothing.
CREATE FUNCTION check_begin(p_tenant uuid, p_run uuid, p_worker text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.check_run r SET state = 'worker', worker = p_worker, beat_at = clock_timestamp()
    WHERE r.tenant_id = p_tenant AND r.id = p_run AND r.state = 'waiting' AND r.cancel_asked_at IS NULL
      AND EXISTS (SELECT FROM public.pool_lease l WHERE l.pool_id = r.pool_id AND l.holder = p_worker
        AND l.until > clock_timestamp());
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION check_begin(uuid, uuid, text) TO porthole_worker;

-- Adds a step of the party that has the run, and says what comes next. False: somebody called it off, or it is over.
CREATE FUNCTION check_step(p_tenant uuid, p_run uuid, p_by text, p_step jsonb, p_next text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_place text := CASE session_user WHEN 'porthole_worker' THEN 'worker' WHEN 'porthole_relay' THEN 'relay' END;
BEGIN
  IF p_step IS NOT NULL AND (p_step ->> 'place' IS DISTINCT FROM v_place OR octet_length(p_step::text) > 8192) THEN
    RAISE EXCEPTION 'no step of this place, or too long a one' USING ERRCODE = '22023';
  END IF;
  UPDATE public.check_run r SET beat_at = clock_timestamp(), under_way = p_next,
      steps = CASE WHEN p_step IS NULL THEN r.steps ELSE r.steps || jsonb_build_array(p_step) END
    WHERE r.tenant_id = p_tenant AND r.id = p_run AND r.cancel_asked_at IS NULL AND jsonb_array_length(r.steps) < 400
      AND ((v_place = 'worker' AND r.state = 'worker' AND r.worker = p_by)
        OR (v_place = 'relay' AND r.state = 'relay' AND r.relay_id = p_by));
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION check_step(uuid, uuid, text, jsonb, text) TO porthole_worker, porthole_relay;

-- The worker has done its part: a relay may take the other one, once and soon.
CREATE FUNCTION check_hand(p_tenant uuid, p_run uuid, p_worker text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.check_run r SET state = 'handed', handed_at = clock_timestamp(), beat_at = clock_timestamp(),
      under_way = 'relay'
    WHERE r.tenant_id = p_tenant AND r.id = p_run AND r.state = 'worker' AND r.worker = p_worker
      AND r.cancel_asked_at IS NULL;
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION check_hand(uuid, uuid, text) TO porthole_worker;

-- What a relay may know of a check: as for a console, by a pass that works once and within 30 seconds, and nothing but the
-- hosts of the run, their sealed sessions, and one machine of each. Null where nothing waits for a relay.
CREATE FUNCTION check_take(p_relay text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run public.check_run;
BEGIN
  SELECT r.* INTO v_run FROM public.check_run r
    JOIN public.pool p ON p.tenant_id = r.tenant_id AND p.id = r.pool_id AND p.removed_at IS NULL AND p.state <> 'paused'
    WHERE r.state = 'handed' AND r.handed_at > clock_timestamp() - interval '30 seconds' AND r.cancel_asked_at IS NULL
      AND EXISTS (SELECT FROM public.relay l WHERE l.id = p_relay AND NOT l.draining)
    ORDER BY r.handed_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE public.check_run r SET state = 'relay', relay_id = p_relay, beat_at = clock_timestamp()
    WHERE r.tenant_id = v_run.tenant_id AND r.id = v_run.id;
  RETURN jsonb_build_object(
    'tenantId', v_run.tenant_id, 'runId', v_run.id, 'origin', v_run.origin, 'name', v_run.target_name, 'isOfMachine', v_run.vm_id IS NOT NULL,
    'limitConsoleSessions', (SELECT p.limit_console_sessions FROM public.pool p
      WHERE p.tenant_id = v_run.tenant_id AND p.id = v_run.pool_id),
    'allowedCidrs', coalesce((SELECT y.allowed_cidrs FROM public.tenant_policy y WHERE y.tenant_id = v_run.tenant_id), '{}'),
    'hosts', coalesce((
      SELECT jsonb_agg(jsonb_build_object('id', h.id, 'name', h.name,
        'session', CASE WHEN s.host_id IS NOT NULL THEN jsonb_build_object(
          'kid', s.kid, 'epk', public.base64_of(s.epk), 'wrapIv', public.base64_of(s.wrap_iv),
          'wrappedDek', public.base64_of(s.wrapped_dek), 'wrapTag', public.base64_of(s.wrap_tag),
          'iv', public.base64_of(s.iv), 'ct', public.base64_of(s.ct), 'tag', public.base64_of(s.tag)) END,
        'vm', m.vm) ORDER BY h.is_coordinator DESC, h.name, h.id)
      FROM public.host h
      LEFT JOIN public.host_session s ON s.tenant_id = h.tenant_id AND s.host_id = h.id
      LEFT JOIN LATERAL (
        SELECT jsonb_build_object('id', v.id, 'name', v.name,
          'kind', CASE WHEN v.screen_console_ref IS NULL THEN 'text' ELSE 'screen' END,
          'consoleRef', coalesce(v.screen_console_ref, v.text_console_ref), 'people', o.people) AS vm
        FROM public.vm v
        CROSS JOIN LATERAL (SELECT count(*) AS people FROM public.console_hub b
          WHERE b.tenant_id = v.tenant_id AND b.vm_id = v.id AND b.ended_at IS NULL) o
        WHERE v.pool_tenant_id = h.tenant_id AND v.pool_id = h.pool_id AND v.resident_host_id = h.id AND v.gone_at IS NULL
          AND v.power_state = 'Running' AND coalesce(v.screen_console_ref, v.text_console_ref) IS NOT NULL
          AND (v.id = v_run.vm_id OR (v_run.vm_id IS NULL AND NOT v.is_control_domain))
        -- Nobody's console rather than somebody's, a screen rather than a text.
        ORDER BY o.people, v.screen_console_ref IS NULL, v.name, v.id LIMIT 1) m ON true
      WHERE h.tenant_id = v_run.tenant_id AND h.pool_id = v_run.pool_id
        AND (v_run.host_id IS NULL OR h.id = v_run.host_id)
        AND (v_run.vm_id IS NULL OR h.id = (SELECT w.resident_host_id FROM public.vm w
          WHERE w.pool_tenant_id = v_run.tenant_id AND w.pool_id = v_run.pool_id AND w.id = v_run.vm_id))), '[]'));
END
$$;
GRANT EXECUTE ON FUNCTION check_take(text) TO porthole_relay;

-- Ends a run of the party that has it.
CREATE FUNCTION check_end(p_tenant uuid, p_run uuid, p_by text, p_state public.check_state) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run public.check_run;
BEGIN
  SELECT r.* INTO v_run FROM public.check_run r
    WHERE r.tenant_id = p_tenant AND r.id = p_run AND (
      (session_user = 'porthole_worker' AND r.state = 'worker' AND r.worker = p_by)
      OR (session_user = 'porthole_relay' AND r.state = 'relay' AND r.relay_id = p_by))
    FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM public.check_close(v_run, CASE WHEN v_run.cancel_asked_at IS NULL THEN p_state ELSE 'cancelled' END,
    CASE session_user WHEN 'porthole_worker' THEN 'pool-worker' ELSE 'ws-relay' END);
  RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION check_end(uuid, uuid, text, public.check_state) TO porthole_worker, porthole_relay;

-- What nobody carries on: the worker or relay died, none came, or it was called off while it waited. Returns how many.
CREATE FUNCTION check_expire() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_run public.check_run;
  v_now timestamptz := clock_timestamp();
  v_count int := 0;
BEGIN
  FOR v_run IN
    SELECT r.* FROM public.check_run r
    WHERE r.finished_at IS NULL AND (
      r.created_at < v_now - interval '180 seconds'
      OR (r.state = 'waiting' AND r.created_at < v_now - interval '60 seconds')
      OR (r.state = 'handed' AND r.handed_at < v_now - interval '30 seconds')
      OR (r.state IN ('worker', 'relay') AND r.beat_at < v_now - interval '45 seconds')
      OR (r.cancel_asked_at IS NOT NULL AND (r.state IN ('waiting', 'handed') OR r.cancel_asked_at < v_now - interval '10 seconds')))
    ORDER BY r.tenant_id, r.id FOR UPDATE SKIP LOCKED
  LOOP
    IF v_run.cancel_asked_at IS NOT NULL THEN
      PERFORM public.check_close(v_run, 'cancelled', 'pool-worker');
    ELSIF v_run.state = 'handed' THEN
      -- The worker's part is worth its result; that no relay came is one of its steps.
      v_run.steps := v_run.steps || jsonb_build_array(jsonb_build_object('name', 'relay', 'place', 'relay', 'family', NULL,
        'subject', v_run.target_name, 'state', 'bad', 'ms', 30000, 'cause', 'relay-none', 'remedy', 'start-relay',
        'detail', NULL, 'trace', '[]'::jsonb));
      PERFORM public.check_close(v_run, 'done', 'pool-worker');
    ELSE
      PERFORM public.check_close(v_run, 'broken', 'pool-worker');
    END IF;
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END
$$;
GRANT EXECUTE ON FUNCTION check_expire() TO porthole_worker;

-- A run by the schedule, from the worker that has the pool's lease, where none is open.
CREATE FUNCTION check_schedule(p_tenant uuid, p_pool uuid, p_worker text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id uuid;
BEGIN
  INSERT INTO public.check_run (tenant_id, pool_id, target_name, origin)
    SELECT p.tenant_id, p.id, p.display_name, 'schedule' FROM public.pool p
    WHERE p.tenant_id = p_tenant AND p.id = p_pool AND p.removed_at IS NULL AND p.state <> 'paused'
      AND p.check_every_h IS NOT NULL
      AND EXISTS (SELECT FROM public.pool_lease l WHERE l.pool_id = p.id AND l.holder = p_worker AND l.until > clock_timestamp())
    ON CONFLICT DO NOTHING RETURNING id INTO v_id;
  RETURN v_id;
END
$$;
GRANT EXECUTE ON FUNCTION check_schedule(uuid, uuid, text) TO porthole_worker;

-- As in 0016; what a check came to is said by the functions above, and by nobody else.
CREATE OR REPLACE FUNCTION audit_append(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_action text := p_payload::jsonb ->> 'action';
  v_machinery constant text[] := ARRAY['credential.used', 'pool.state', 'pool.pin_mismatch', 'pool.location_rejected',
    'power.done', 'power.failed'];
BEGIN
  IF v_action IN ('console.open', 'console.close', 'console.denied') OR v_action LIKE 'tunnel.%' OR v_action LIKE 'vm.%'
     OR v_action LIKE 'keyboard.%' OR v_action = 'check.done' THEN
    RAISE EXCEPTION 'audit action % is written by its own function alone', v_action USING ERRCODE = '42501';
  END IF;
  IF session_user = 'porthole_portal' THEN
    IF p_tenant <> '00000000-0000-0000-0000-000000000000'
       AND p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
      RAISE EXCEPTION 'audit chain of another organisation' USING ERRCODE = '42501';
    END IF;
    IF v_action = ANY (v_machinery) THEN
      RAISE EXCEPTION 'audit action % is not the portal''s', v_action USING ERRCODE = '42501';
    END IF;
  ELSIF session_user IN ('porthole_relay', 'porthole_worker') THEN
    IF NOT (v_action = ANY (v_machinery) OR v_action = 'pool.probe') THEN
      RAISE EXCEPTION 'audit action % is not of relay or worker', v_action USING ERRCODE = '42501';
    END IF;
  END IF;
  IF p_payload::jsonb ->> 'outcome' = 'refused' THEN
    RETURN public.audit_write_refusal(p_tenant, p_event, p_payload);
  END IF;
  RETURN public.audit_write(p_tenant, p_event, p_payload);
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER check_asked AFTER INSERT ON check_run REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION checks_changed();
CREATE TRIGGER check_moved AFTER UPDATE ON check_run REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION checks_changed();
