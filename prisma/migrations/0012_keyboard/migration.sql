-- Hand-overs of a console's keyboard are in the story (design.md §6), and a hub that somebody has just sat down at does
-- not end under them.

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Who sits or sat at a seat of a hub: the names in the log are the database's own word, not the relay's.
CREATE FUNCTION sitter_of(p_tenant uuid, p_hub uuid, p_seat uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('seatId', s.id, 'id', s.person_id, 'name', s.person_name)
  FROM public.console_seat s WHERE s.tenant_id = p_tenant AND s.id = p_seat AND s.hub_id = p_hub
$$;

-- As in 0005, and for the keyboard: the actor is who took it, or who gave it away.
CREATE OR REPLACE FUNCTION hub_event(p_event uuid, p_hub uuid, p_action text, p_data jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_hub public.console_hub;
  v_vm text;
  v_from jsonb;
  v_to jsonb;
  v_by jsonb;
  v_data jsonb;
BEGIN
  SELECT h.* INTO STRICT v_hub FROM public.console_hub h WHERE h.id = p_hub;
  SELECT v.name INTO v_vm FROM public.vm v WHERE v.id = v_hub.vm_id;
  IF p_action IN ('tunnel.up', 'tunnel.down') THEN
    v_data := coalesce(p_data, '{}');
  ELSIF p_action = 'keyboard.moved' THEN
    v_data := jsonb_build_object('times', (p_data ->> 'times')::int);
  ELSIF p_action IN ('keyboard.taken', 'keyboard.handed-over', 'keyboard.released') THEN
    v_from := public.sitter_of(v_hub.tenant_id, p_hub, (p_data ->> 'fromSeatId')::uuid);
    v_to := public.sitter_of(v_hub.tenant_id, p_hub, (p_data ->> 'toSeatId')::uuid);
    v_by := CASE p_action WHEN 'keyboard.taken' THEN v_to ELSE v_from END;
    IF v_by IS NULL THEN
      RAISE EXCEPTION 'no seat of this hub' USING ERRCODE = '22023';
    END IF;
    v_data := jsonb_build_object('from', v_from, 'to', v_to, 'why', left(p_data ->> 'why', 40))
      || CASE WHEN coalesce(p_data ->> 'reason', '') = '' THEN '{}'
           ELSE jsonb_build_object('reason', left(p_data ->> 'reason', 200)) END;
  ELSE
    RAISE EXCEPTION 'no event of a hub: %', p_action USING ERRCODE = '22023';
  END IF;
  PERFORM public.audit_write(v_hub.tenant_id, p_event, jsonb_build_object(
    'action', p_action, 'outcome', 'ok',
    'actor', CASE WHEN v_by IS NULL THEN jsonb_build_object('personId', NULL, 'name', p_hub, 'kind', 'system')
      ELSE public.actor_of((v_by ->> 'id')::uuid, v_by ->> 'name') END,
    'target', jsonb_build_object('kind', 'vm', 'id', v_hub.vm_id, 'name', v_vm),
    'data', v_data || jsonb_build_object('hubId', p_hub, 'kind', v_hub.kind, 'relay', v_hub.relay_id))::text);
END
$$;

-- As in 0003; what proves the work of the relay's hubs comes from hub_event() alone, and so does the keyboard's trail.
CREATE OR REPLACE FUNCTION audit_append(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_action text := p_payload::jsonb ->> 'action';
  v_machinery constant text[] := ARRAY['credential.used', 'pool.state', 'pool.pin_mismatch', 'pool.location_rejected'];
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

-- As in 0005. Who is being admitted holds the hub's row: the seat they get is looked for only once that has been waited
-- for, by a statement of its own, or the hub would end as it stood before they came and their tunnel with it.
CREATE OR REPLACE FUNCTION hub_end(p_hub uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM public.console_hub h WHERE h.id = p_hub AND h.ended_at IS NULL FOR UPDATE;
  UPDATE public.console_hub h SET ended_at = clock_timestamp()
    WHERE h.id = p_hub AND h.ended_at IS NULL AND NOT EXISTS (
      SELECT FROM public.console_seat s WHERE s.tenant_id = h.tenant_id AND s.hub_id = h.id AND s.closed_at IS NULL);
  RETURN FOUND;
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
