-- What crosses organisations without belonging to any: the worker's lists, its jobs, and the counters of tries.

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Every pool that wants a watcher; the worker then works under the organisation of each.
CREATE FUNCTION pools_to_watch() RETURNS TABLE (tenant_id uuid, pool_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.tenant_id, p.id FROM public.pool p WHERE p.removed_at IS NULL ORDER BY p.id
$$;
GRANT EXECUTE ON FUNCTION pools_to_watch() TO porthole_worker;

-- Probes that nobody has answered; the poll behind the job. An older one has nobody waiting for it.
CREATE FUNCTION probes_to_run() RETURNS TABLE (tenant_id uuid, probe_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.tenant_id, p.id FROM public.pool_probe p
  WHERE p.finished_at IS NULL AND p.created_at > clock_timestamp() - interval '10 minutes'
  ORDER BY p.created_at
$$;
GRANT EXECUTE ON FUNCTION probes_to_run() TO porthole_worker;

-- Puts a job before the worker: a closed list of tasks, ids only, one job for one subject at a time. The portal asks
-- for the organisation in context alone. The queue's own tables are open to nobody but the worker (prisma/queue.ts).
CREATE FUNCTION ask_worker(p_task text, p_payload jsonb) RETURNS void
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
  PERFORM graphile_worker.add_job(p_task, p_payload::json, job_key => p_task || ':' || v_subject, max_attempts => 3);
END
$$;
GRANT EXECUTE ON FUNCTION ask_worker(text, jsonb) TO porthole_portal, porthole_relay;

-- One try under a limit of `p_max` in any window of `p_window_seconds`. The window slides: the part of the window
-- before that still reaches into the last `p_window_seconds` counts by its share. Only allowed tries count, so that who
-- keeps hammering does not keep the owner of an account out for longer.
CREATE FUNCTION rate_take(p_key text, p_window_seconds int, p_max int)
RETURNS TABLE (allowed boolean, retry_after_s int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now double precision := extract(epoch FROM clock_timestamp());
  v_start double precision := floor(extract(epoch FROM clock_timestamp()) / p_window_seconds) * p_window_seconds;
  v_key text := 'rate|' || left(p_key, 200);
  v_before int;
  v_count int;
  v_weighted double precision;
BEGIN
  IF p_window_seconds NOT BETWEEN 1 AND 86400 OR p_max < 1 THEN
    RAISE EXCEPTION 'no such limit' USING ERRCODE = '22023';
  END IF;
  INSERT INTO public.rate_counter (key, window_start, count) VALUES (v_key, to_timestamp(v_start), 0)
    ON CONFLICT DO NOTHING;
  SELECT c.count INTO STRICT v_count FROM public.rate_counter c
    WHERE c.key = v_key AND c.window_start = to_timestamp(v_start) FOR UPDATE;
  SELECT c.count INTO v_before FROM public.rate_counter c
    WHERE c.key = v_key AND c.window_start = to_timestamp(v_start - p_window_seconds);
  v_weighted := v_count + coalesce(v_before, 0) * (1 - (v_now - v_start) / p_window_seconds);
  allowed := v_weighted + 1 <= p_max;
  IF allowed THEN
    UPDATE public.rate_counter c SET count = c.count + 1 WHERE c.key = v_key AND c.window_start = to_timestamp(v_start);
    retry_after_s := 0;
  ELSE
    -- When the share of what was counted has shrunk enough: of the last window if that alone is over, else of this one.
    retry_after_s := greatest(1, ceil(CASE
      WHEN v_count + 1 <= p_max THEN (v_weighted + 1 - p_max) / v_before * p_window_seconds
      ELSE v_start + p_window_seconds - v_now + (v_count + 1.0 - p_max) / v_count * p_window_seconds END))::int;
  END IF;
  RETURN NEXT;
END
$$;
GRANT EXECUTE ON FUNCTION rate_take(text, int, int) TO porthole_portal, porthole_relay;

-- What nobody needs any more: tickets a day after their end (the log keeps them), old counters; and counts of refusals
-- become events.
CREATE FUNCTION housekeep() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.audit_settle_refusals(NULL);
  DELETE FROM public.console_ticket t WHERE t.expires_at < clock_timestamp() - interval '24 hours';
  DELETE FROM public.rate_counter c WHERE c.key LIKE 'rate|%' AND c.window_start < clock_timestamp() - interval '2 days';
END
$$;
GRANT EXECUTE ON FUNCTION housekeep() TO porthole_worker;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
