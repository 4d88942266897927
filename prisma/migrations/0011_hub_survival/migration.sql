-- Consoles that outlive what ends their tunnel, and text consoles that go on while nobody looks.

ALTER TABLE "tenant_policy" ADD COLUMN "text_kept_ms" INTEGER, ADD COLUMN "scrollback_bytes" INTEGER;
-- 0 means that nothing is kept; libs/relay-contract has the bounds above.
ALTER TABLE tenant_policy ADD CONSTRAINT tenant_policy_text_kept CHECK (text_kept_ms >= 0 AND scrollback_bytes >= 0);
GRANT INSERT (text_kept_ms, scrollback_bytes), UPDATE (text_kept_ms, scrollback_bytes) ON tenant_policy TO porthole_portal;

DROP FUNCTION seat_admit(uuid, text, text[], text, text, int, int, int);

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- As in 0009, with what is under way with the machine, so that a relay that dials a console again can say why its line
-- was lost; and with what its holder keeps of a text console.
CREATE OR REPLACE FUNCTION console_target_of(p_tenant uuid, p_vm uuid, p_kind public.console_kind) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'vm', jsonb_build_object(
      'id', v.id, 'tenantId', v.tenant_id, 'poolId', v.pool_id, 'poolTenantId', v.pool_tenant_id, 'uuid', v.uuid,
      'name', v.name, 'tags', v.tags, 'isControlDomain', v.is_control_domain, 'powerState', v.power_state,
      'operation', v.operation,
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
        (SELECT y.allowed_cidrs FROM public.tenant_policy y WHERE y.tenant_id = v.pool_tenant_id), '{}')),
    'text', (SELECT jsonb_build_object('keptMs', max(y.text_kept_ms), 'scrollbackBytes', max(y.scrollback_bytes))
      FROM public.tenant_policy y WHERE y.tenant_id = v.tenant_id))
  FROM public.vm v
  JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
  LEFT JOIN public.host h ON h.tenant_id = v.pool_tenant_id AND h.id = v.resident_host_id
  LEFT JOIN public.host_session s ON s.tenant_id = h.tenant_id AND s.host_id = h.id
  WHERE v.tenant_id = p_tenant AND v.id = p_vm
$$;

-- As in 0005, with a bound for consoles: one that is kept while nobody looks has no seat to be counted by.
CREATE FUNCTION seat_admit(p_ticket uuid, p_relay text, p_rights text[], p_ip text, p_ua text,
  p_max_person int, p_max_console int, p_max_tenant int, p_max_hubs int) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_ticket public.console_ticket;
  v_hub public.console_hub;
  v_person text;
  v_vm text;
  v_seat uuid;
  v_hub_is_new boolean := false;
BEGIN
  SELECT t.* INTO v_ticket FROM public.console_ticket t
    WHERE t.id = p_ticket AND t.relay_id = p_relay AND t.used_at > clock_timestamp() - interval '1 minute'
      AND t.revoked_at IS NULL AND t.outcome <> 'opened'
    FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such redeemed ticket' USING ERRCODE = 'PH404';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('seats of tenant ' || v_ticket.tenant_id, 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('seats of person ' || v_ticket.person_id, 0));

  SELECT h.* INTO v_hub FROM public.console_hub h
    WHERE h.tenant_id = v_ticket.tenant_id AND h.vm_id = v_ticket.vm_id AND h.kind = v_ticket.kind AND h.ended_at IS NULL
    FOR UPDATE;
  IF FOUND AND v_hub.lease_until <= clock_timestamp() THEN
    PERFORM public.hub_lose(v_hub.tenant_id, v_hub.id);
    v_hub := NULL;
  ELSIF FOUND AND v_hub.relay_id <> p_relay THEN
    RAISE EXCEPTION 'moved' USING ERRCODE = 'PH409';
  END IF;

  IF (SELECT count(*) FROM public.console_seat s WHERE s.person_id = v_ticket.person_id AND s.closed_at IS NULL) >= p_max_person THEN
    RAISE EXCEPTION 'limit-person' USING ERRCODE = 'PH409';
  END IF;
  IF (SELECT count(*) FROM public.console_seat s WHERE s.tenant_id = v_ticket.tenant_id AND s.vm_id = v_ticket.vm_id
        AND s.kind = v_ticket.kind AND s.closed_at IS NULL) >= p_max_console THEN
    RAISE EXCEPTION 'limit-console' USING ERRCODE = 'PH409';
  END IF;
  IF (SELECT count(*) FROM public.console_seat s WHERE s.tenant_id = v_ticket.tenant_id AND s.closed_at IS NULL) >= p_max_tenant THEN
    RAISE EXCEPTION 'limit-tenant' USING ERRCODE = 'PH409';
  END IF;

  IF v_hub.id IS NULL THEN
    v_hub_is_new := true;
    IF (SELECT count(*) FROM public.console_hub h WHERE h.tenant_id = v_ticket.tenant_id AND h.ended_at IS NULL) >= p_max_hubs THEN
      RAISE EXCEPTION 'limit-tenant' USING ERRCODE = 'PH409';
    END IF;
    INSERT INTO public.console_hub (tenant_id, id, vm_id, kind, relay_id, lease_until, started_at)
      VALUES (v_ticket.tenant_id, gen_random_uuid(), v_ticket.vm_id, v_ticket.kind, p_relay,
        clock_timestamp() + interval '15 seconds', clock_timestamp())
      RETURNING * INTO v_hub;
  END IF;
  SELECT p.name INTO STRICT v_person FROM public.person p WHERE p.id = v_ticket.person_id;
  SELECT v.name INTO STRICT v_vm FROM public.vm v WHERE v.tenant_id = v_ticket.tenant_id AND v.id = v_ticket.vm_id;
  INSERT INTO public.console_seat (tenant_id, id, hub_id, ticket_id, person_id, person_name, login_session_id, vm_id,
      vm_name, kind, relay_id, rights, opened_at)
    VALUES (v_ticket.tenant_id, gen_random_uuid(), v_hub.id, v_ticket.id, v_ticket.person_id, v_person,
      v_ticket.login_session_id, v_ticket.vm_id, v_vm, v_ticket.kind, p_relay, p_rights, clock_timestamp())
    RETURNING id INTO v_seat;
  UPDATE public.console_ticket t SET outcome = 'opened' WHERE t.tenant_id = v_ticket.tenant_id AND t.id = v_ticket.id;
  PERFORM pg_notify('inventory', v_ticket.tenant_id::text);
  PERFORM public.audit_write(v_ticket.tenant_id, gen_random_uuid(), jsonb_build_object(
    'action', 'console.open', 'outcome', 'ok', 'actor', public.actor_of(v_ticket.person_id, v_person),
    'target', jsonb_build_object('kind', 'vm', 'id', v_ticket.vm_id, 'name', v_vm), 'ip', p_ip,
    'data', jsonb_build_object('kind', v_ticket.kind, 'mode', v_ticket.mode, 'rights', to_jsonb(p_rights), 'seatId', v_seat,
      'hubId', v_hub.id, 'ticketId', v_ticket.id, 'loginSessionId', v_ticket.login_session_id, 'relay', p_relay,
      'userAgent', left(p_ua, 300)))::text);
  RETURN jsonb_build_object('seatId', v_seat, 'hubId', v_hub.id, 'hubIsNew', v_hub_is_new);
END
$$;
GRANT EXECUTE ON FUNCTION seat_admit(uuid, text, text[], text, text, int, int, int, int) TO porthole_relay;

-- As in 0005. A hub where nobody sits has no seat whose authority would be asked for: it is kept only as long as its
-- holder still has the machine, keeps text at all, and neither is locked.
CREATE OR REPLACE FUNCTION hubs_renew(p_relay text, p_hubs uuid[]) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.console_hub h SET lease_until = clock_timestamp() + interval '15 seconds'
  WHERE h.id = ANY (p_hubs) AND h.relay_id = p_relay AND h.ended_at IS NULL AND (
    EXISTS (SELECT FROM public.console_seat s WHERE s.tenant_id = h.tenant_id AND s.hub_id = h.id AND s.closed_at IS NULL)
    OR EXISTS (
      SELECT FROM public.vm v
      JOIN public.tenant t ON t.id = v.tenant_id AND t.suspended_at IS NULL
      JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id AND p.removed_at IS NULL
      WHERE v.tenant_id = h.tenant_id AND v.id = h.vm_id AND v.gone_at IS NULL
        AND NOT EXISTS (SELECT FROM public.tenant_policy y WHERE y.tenant_id = h.tenant_id AND y.text_kept_ms = 0)
        AND NOT EXISTS (SELECT FROM public.emergency_lock l WHERE l.tenant_id = h.tenant_id AND l.lifted_at IS NULL
          AND l.person_id IS NULL AND coalesce(l.vm_id, v.id) = v.id AND coalesce(l.pool_id, v.pool_id) = v.pool_id)))
  RETURNING h.id
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
