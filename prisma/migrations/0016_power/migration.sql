-- Power operations: asked by who holds the right, done by the worker that watches the pool, followed by whoever looks.

CREATE TYPE power_act AS ENUM ('start', 'clean_shutdown', 'clean_reboot', 'hard_shutdown', 'hard_reboot', 'pause',
  'unpause', 'suspend', 'resume');
CREATE TYPE power_step AS ENUM ('waiting', 'sending', 'running', 'done', 'failed', 'cancelled', 'unclear');

-- One operation on one machine. It keeps copies and points to no machine: what was asked stays told, whoever holds the
-- machine later.
CREATE TABLE power_operation (
  tenant_id uuid NOT NULL,
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  pool_tenant_id uuid NOT NULL,
  pool_id uuid NOT NULL,
  vm_id uuid NOT NULL,
  vm_uuid uuid NOT NULL,
  vm_name text NOT NULL,
  act power_act NOT NULL,
  step power_step NOT NULL DEFAULT 'waiting',
  person_id uuid NOT NULL,
  person_name text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz(3),
  finished_at timestamptz(3),
  task_ref text,
  progress real NOT NULL DEFAULT 0,
  failure text,
  failure_text text,
  cancel_asked_at timestamptz(3),
  cancel_asked_by text,
  CONSTRAINT power_operation_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT power_operation_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant (id)
    ON UPDATE RESTRICT ON DELETE RESTRICT,
  CONSTRAINT power_operation_progress CHECK (progress BETWEEN 0 AND 1),
  CONSTRAINT power_operation_words CHECK (length(failure) <= 100 AND length(failure_text) <= 500
    AND length(task_ref) <= 100 AND length(vm_name) <= 300 AND length(person_name) <= 300),
  CONSTRAINT power_operation_end CHECK ((finished_at IS NOT NULL) = (step IN ('done', 'failed', 'cancelled', 'unclear')))
);
-- A second click finds the first one's operation. To force is the way out of one that hangs, so it has a place of its own.
CREATE UNIQUE INDEX power_operation_one_open ON power_operation (tenant_id, vm_id, (act IN ('hard_shutdown', 'hard_reboot')))
  WHERE finished_at IS NULL;
CREATE INDEX power_operation_of_pool ON power_operation (pool_tenant_id, pool_id) WHERE finished_at IS NULL;
CREATE INDEX power_operation_of_vm ON power_operation (tenant_id, vm_id, created_at DESC);
CREATE INDEX power_operation_of_time ON power_operation (tenant_id, created_at DESC);

ALTER TABLE power_operation ENABLE ROW LEVEL SECURITY;
ALTER TABLE power_operation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON power_operation
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- The worker looks for what is asked of a pool under the pool's owner, and writes under the one who asked.
CREATE POLICY owner_reads ON power_operation FOR SELECT TO porthole_worker
  USING (pool_tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT (tenant_id, id, pool_tenant_id, pool_id, vm_id, vm_uuid, vm_name, act, person_id, person_name),
  UPDATE (cancel_asked_at, cancel_asked_by) ON power_operation TO porthole_portal;
GRANT SELECT, UPDATE (step, sent_at, finished_at, task_ref, progress, failure, failure_text) ON power_operation
  TO porthole_worker;

GRANT SELECT, UPDATE (step, finished_at, failure) ON power_operation TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Hints: the worker that watches the pool looks now, and pages of the organisation show what changed.
CREATE FUNCTION power_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
  v_pool uuid;
BEGIN
  FOR v_tenant IN SELECT DISTINCT n.tenant_id FROM new_rows n LOOP
    PERFORM pg_notify('power', v_tenant::text);
  END LOOP;
  FOR v_pool IN SELECT DISTINCT n.pool_id FROM new_rows n
      WHERE n.step = 'waiting' OR (n.finished_at IS NULL AND n.cancel_asked_at IS NOT NULL) LOOP
    PERFORM pg_notify('power_asked', v_pool::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION power_changed() TO porthole_owner;

-- Requests whose pool was away for too long end without effect, also where nobody watches the pool; what was begun and
-- has told nothing for a day is over one way or the other (a pool forgets its tasks after that). Returns how many.
CREATE FUNCTION power_expire(p_wait_seconds int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_late public.power_operation;
  v_count int := 0;
BEGIN
  FOR v_late IN
    SELECT o.* FROM public.power_operation o
    WHERE o.finished_at IS NULL AND (
      (o.step = 'waiting' AND o.created_at < clock_timestamp() - make_interval(secs => greatest(p_wait_seconds, 60)))
      OR o.created_at < clock_timestamp() - interval '1 day')
    ORDER BY o.tenant_id, o.id FOR UPDATE SKIP LOCKED
  LOOP
    v_late.failure := CASE v_late.step WHEN 'waiting' THEN 'later' ELSE 'unclear' END;
    UPDATE public.power_operation o SET finished_at = clock_timestamp(), failure = v_late.failure,
        step = CASE v_late.failure WHEN 'later' THEN 'failed' ELSE 'unclear' END::public.power_step
      WHERE o.tenant_id = v_late.tenant_id AND o.id = v_late.id;
    PERFORM public.audit_write(v_late.tenant_id, gen_random_uuid(), jsonb_build_object(
      'action', 'power.failed', 'outcome', 'failed',
      'actor', jsonb_build_object('personId', NULL, 'name', 'pool-worker', 'kind', 'system'),
      'target', jsonb_build_object('kind', 'vm', 'id', v_late.vm_id, 'name', v_late.vm_name),
      'data', jsonb_build_object('operationId', v_late.id, 'act', v_late.act, 'why', v_late.failure,
        'ms', floor(extract(epoch FROM clock_timestamp() - v_late.created_at) * 1000)::bigint,
        'asker', jsonb_build_object('id', v_late.person_id, 'name', v_late.person_name)))::text);
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END
$$;
GRANT EXECUTE ON FUNCTION power_expire(int) TO porthole_worker;

-- As in 0012, with what the worker says of power operations; the portal says that they are asked for.
CREATE OR REPLACE FUNCTION audit_append(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_action text := p_payload::jsonb ->> 'action';
  v_machinery constant text[] := ARRAY['credential.used', 'pool.state', 'pool.pin_mismatch', 'pool.location_rejected',
    'power.done', 'power.failed'];
BEGIN
  IF v_action IN ('console.open', 'console.close', 'console.denied') OR v_action LIKE 'tunnel.%'
     OR v_action LIKE 'keyboard.%' THEN
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

CREATE TRIGGER power_asked AFTER INSERT ON power_operation REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION power_changed();
CREATE TRIGGER power_moved AFTER UPDATE ON power_operation REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION power_changed();
