-- A password changed by who is signed in; teams that an invitation leads into; the API token that asked for a machine's power.

-- Copies without a foreign key: a team that is removed meanwhile is passed over when the invitation is accepted.
ALTER TABLE invitation ADD COLUMN team_ids uuid[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT invitation_teams CHECK (cardinality(team_ids) <= 20 AND array_position(team_ids, NULL) IS NULL);
GRANT INSERT (team_ids) ON invitation TO porthole_portal;

-- A copy, too: what was asked is told as it was asked, whatever became of the token.
ALTER TABLE power_operation ADD COLUMN token_id uuid, ADD COLUMN token_name text,
  ADD CONSTRAINT power_operation_token CHECK ((token_id IS NULL) = (token_name IS NULL) AND length(token_name) <= 60);
GRANT INSERT (token_id, token_name) ON power_operation TO porthole_portal;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0022, with a password that its person changed.
CREATE OR REPLACE FUNCTION audit_append_person(p_person uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF coalesce(p_payload::jsonb ->> 'action', '') NOT IN ('password.reset', 'password.changed', 'email.changed')
     OR p_payload::jsonb #>> '{actor,personId}' IS DISTINCT FROM p_person::text THEN
    RAISE EXCEPTION 'no event of an account of this person' USING ERRCODE = '42501';
  END IF;
  PERFORM public.audit_write('00000000-0000-0000-0000-000000000000', gen_random_uuid(), p_payload);
  FOR v_tenant IN SELECT m.tenant_id FROM public.membership m WHERE m.person_id = p_person ORDER BY m.tenant_id LOOP
    PERFORM public.audit_write(v_tenant, gen_random_uuid(), p_payload);
  END LOOP;
END
$$;

-- As in 0016, with the token that asked.
CREATE OR REPLACE FUNCTION power_expire(p_wait_seconds int) RETURNS int
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
        'asker', jsonb_build_object('id', v_late.person_id, 'name', v_late.person_name)
          || CASE WHEN v_late.token_id IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('token',
            jsonb_build_object('id', v_late.token_id, 'name', v_late.token_name)) END))::text);
    v_count := v_count + 1;
  END LOOP;
  RETURN v_count;
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
