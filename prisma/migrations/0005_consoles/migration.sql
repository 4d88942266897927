-- From a ticket to a seat and to its end. The relay has no rights on these tables: it goes through here, so a ticket
-- is consumed once, an open console is in the log before its host is dialled, and every open has exactly one close.

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

CREATE FUNCTION base64_of(p_bytes bytea) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT replace(encode(p_bytes, 'base64'), E'\n', '')
$$;

-- Where a console is right now: the machine, its resident host with the sealed session, and its pool.
CREATE FUNCTION console_target_of(p_tenant uuid, p_vm uuid, p_kind public.console_kind) RETURNS jsonb
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
      'consoleIdleTimeoutS', p.console_idle_timeout_s))
  FROM public.vm v
  JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
  LEFT JOIN public.host h ON h.tenant_id = v.pool_tenant_id AND h.id = v.resident_host_id
  LEFT JOIN public.host_session s ON s.tenant_id = h.tenant_id AND s.host_id = h.id
  WHERE v.tenant_id = p_tenant AND v.id = p_vm
$$;

-- Consumes a ticket: one conditional UPDATE, so of any number of racing tries exactly one wins (security.md §2.5).
-- Gives all that can() and the dial need, or which refusal it was. A refusal of a known ticket is noted for its owner
-- and leaves the ticket as it was: who has a stolen one cannot spoil it for the browser it belongs to.
CREATE FUNCTION ticket_redeem(p_secret_hash bytea, p_relay text, p_binder_hash bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_ticket public.console_ticket;
  v_refused text;
BEGIN
  UPDATE public.console_ticket t SET used_at = clock_timestamp()
    WHERE t.secret_hash = p_secret_hash AND t.used_at IS NULL AND t.revoked_at IS NULL
      AND t.expires_at > clock_timestamp() AND t.relay_id = p_relay AND t.binder_hash = p_binder_hash
    RETURNING t.* INTO v_ticket;
  IF FOUND THEN
    PERFORM set_config('app.tenant_id', v_ticket.tenant_id::text, true);
    RETURN jsonb_build_object(
      'ticket', jsonb_build_object(
        'id', v_ticket.id, 'tenantId', v_ticket.tenant_id, 'personId', v_ticket.person_id,
        'loginSessionId', v_ticket.login_session_id, 'vmId', v_ticket.vm_id, 'kind', v_ticket.kind, 'mode', v_ticket.mode),
      'facts', public.authority_facts_of(v_ticket.tenant_id, v_ticket.person_id, v_ticket.login_session_id))
      || public.console_target_of(v_ticket.tenant_id, v_ticket.vm_id, v_ticket.kind);
  END IF;

  SELECT t.* INTO v_ticket FROM public.console_ticket t WHERE t.secret_hash = p_secret_hash;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('refused', 'unknown');
  END IF;
  v_refused := CASE
    WHEN v_ticket.used_at IS NOT NULL THEN 'used-before'
    WHEN v_ticket.revoked_at IS NOT NULL THEN 'revoked'
    WHEN v_ticket.expires_at <= clock_timestamp() THEN 'expired'
    WHEN v_ticket.relay_id <> p_relay THEN 'other-relay'
    ELSE 'other-browser' END;
  UPDATE public.console_ticket t SET outcome = v_refused
    WHERE t.tenant_id = v_ticket.tenant_id AND t.id = v_ticket.id AND t.outcome = 'waiting';
  RETURN jsonb_build_object('refused', v_refused, 'ticketId', v_ticket.id, 'tenantId', v_ticket.tenant_id);
END
$$;
GRANT EXECUTE ON FUNCTION ticket_redeem(bytea, text, bytea) TO porthole_relay;

CREATE FUNCTION actor_of(p_person uuid, p_name text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('personId', p_person, 'name', p_name, 'kind', 'person')
$$;

-- A ticket did not become a console. Known ones: the owner reads the outcome and the organisation's log has it;
-- unknown ones go to the platform's chain. `right-gone` and what follows it end the ticket; a wrong browser, relay or
-- site does not (see ticket_redeem). Found by id, or by its hash where nothing was redeemed yet.
CREATE FUNCTION ticket_deny(p_ticket uuid, p_secret_hash bytea, p_relay text, p_outcome text, p_reason text, p_ip text, p_ua text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_ticket public.console_ticket;
  v_person text;
  v_vm text;
BEGIN
  SELECT t.* INTO v_ticket FROM public.console_ticket t WHERE t.id = p_ticket OR t.secret_hash = p_secret_hash;
  IF NOT FOUND THEN
    PERFORM public.audit_write_refusal('00000000-0000-0000-0000-000000000000', gen_random_uuid(), jsonb_build_object(
      'action', 'console.denied', 'outcome', 'refused',
      'actor', jsonb_build_object('personId', NULL, 'name', '', 'kind', 'person'), 'ip', p_ip,
      'data', jsonb_build_object('reason', p_reason, 'relay', p_relay, 'userAgent', left(p_ua, 300)))::text);
    RETURN;
  END IF;
  UPDATE public.console_ticket t SET
      outcome = CASE WHEN t.outcome <> 'opened' THEN p_outcome ELSE t.outcome END,
      used_at = CASE WHEN p_outcome IN ('right-gone', 'limit-person', 'limit-console', 'limit-tenant', 'log-away')
        THEN coalesce(t.used_at, clock_timestamp()) ELSE t.used_at END
    WHERE t.tenant_id = v_ticket.tenant_id AND t.id = v_ticket.id;
  SELECT p.name INTO v_person FROM public.person p WHERE p.id = v_ticket.person_id;
  SELECT v.name INTO v_vm FROM public.vm v WHERE v.tenant_id = v_ticket.tenant_id AND v.id = v_ticket.vm_id;
  PERFORM public.audit_write_refusal(v_ticket.tenant_id, gen_random_uuid(), jsonb_build_object(
    'action', 'console.denied', 'outcome', 'refused', 'actor', public.actor_of(v_ticket.person_id, v_person),
    'target', jsonb_build_object('kind', 'vm', 'id', v_ticket.vm_id, 'name', v_vm), 'ip', p_ip,
    'data', jsonb_build_object('reason', p_reason, 'outcome', p_outcome, 'ticketId', v_ticket.id, 'kind', v_ticket.kind,
      'mode', v_ticket.mode, 'relay', p_relay, 'userAgent', left(p_ua, 300)))::text);
END
$$;
GRANT EXECUTE ON FUNCTION ticket_deny(uuid, bytea, text, text, text, text, text) TO porthole_relay;

-- Ends one seat and writes its close, once: gives false and does nothing where it has ended already.
CREATE FUNCTION seat_end(p_event uuid, p_seat uuid, p_reason text, p_receipt jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seat public.console_seat;
BEGIN
  UPDATE public.console_seat s SET closed_at = clock_timestamp(), close_reason = p_reason, receipt = p_receipt
    WHERE s.id = p_seat AND s.closed_at IS NULL
    RETURNING s.* INTO v_seat;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM public.audit_write(v_seat.tenant_id, p_event, jsonb_build_object(
    'action', 'console.close', 'outcome', 'ok', 'actor', public.actor_of(v_seat.person_id, v_seat.person_name),
    'target', jsonb_build_object('kind', 'vm', 'id', v_seat.vm_id, 'name', v_seat.vm_name),
    'data', jsonb_build_object('reason', p_reason, 'seatId', v_seat.id, 'hubId', v_seat.hub_id,
      'ticketId', v_seat.ticket_id, 'kind', v_seat.kind, 'relay', v_seat.relay_id,
      'durationMs', round(extract(epoch FROM v_seat.closed_at - v_seat.opened_at) * 1000)::bigint,
      'receipt', p_receipt))::text);
  RETURN true;
END
$$;

-- Ends a hub whose relay is gone, with all its seats. Gives how many seats that were.
CREATE FUNCTION hub_lose(p_tenant uuid, p_hub uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_seat uuid;
  v_count int := 0;
BEGIN
  FOR v_seat IN
    SELECT s.id FROM public.console_seat s
    WHERE s.tenant_id = p_tenant AND s.hub_id = p_hub AND s.closed_at IS NULL ORDER BY s.id
  LOOP
    v_count := v_count + public.seat_end(gen_random_uuid(), v_seat, 'relay-lost', NULL)::int;
  END LOOP;
  UPDATE public.console_hub h SET ended_at = clock_timestamp()
    WHERE h.tenant_id = p_tenant AND h.id = p_hub AND h.ended_at IS NULL;
  RETURN v_count;
END
$$;

-- Gives a redeemed ticket its seat, in the transaction of the redemption: caps, hub, seat, outcome, and the event
-- console.open. Raises PH409 with the limit's name, or `moved` where another relay holds the tunnel.
-- Caps are exact under races: admissions of one organisation, and of one person, wait for each other here.
CREATE FUNCTION seat_admit(p_ticket uuid, p_relay text, p_rights text[], p_ip text, p_ua text,
  p_max_person int, p_max_console int, p_max_tenant int) RETURNS jsonb
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
GRANT EXECUTE ON FUNCTION seat_admit(uuid, text, text[], text, text, int, int, int) TO porthole_relay;

-- Ends a seat with its reason and receipt. Safe to repeat, also long after: the first end stays.
CREATE FUNCTION seat_close(p_event uuid, p_seat uuid, p_reason text, p_receipt jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  SELECT s.tenant_id INTO v_tenant FROM public.console_seat s WHERE s.id = p_seat AND s.closed_at IS NULL;
  IF NOT FOUND OR NOT public.seat_end(p_event, p_seat, p_reason, p_receipt) THEN
    RETURN false;
  END IF;
  PERFORM pg_notify('inventory', v_tenant::text);
  RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION seat_close(uuid, uuid, text, jsonb) TO porthole_relay;

-- Rights of a live seat were narrowed or widened: what others see of it follows.
CREATE FUNCTION seat_rights(p_seat uuid, p_rights text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  UPDATE public.console_seat s SET rights = p_rights
    WHERE s.id = p_seat AND s.closed_at IS NULL AND s.rights IS DISTINCT FROM p_rights
    RETURNING s.tenant_id INTO v_tenant;
  IF FOUND THEN
    PERFORM pg_notify('inventory', v_tenant::text);
  END IF;
END
$$;
GRANT EXECUTE ON FUNCTION seat_rights(uuid, text[]) TO porthole_relay;

-- Typed input counts as use of the login session; at most one write a minute (architecture §3).
CREATE FUNCTION seat_input(p_seat uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.login_session l SET last_input_at = clock_timestamp()
  FROM public.console_seat s
  WHERE s.id = p_seat AND s.closed_at IS NULL AND l.id = s.login_session_id AND l.person_id = s.person_id
    AND l.last_input_at < clock_timestamp() - interval '1 minute'
    AND l.last_input_at > clock_timestamp() - interval '60 minutes'
$$;
GRANT EXECUTE ON FUNCTION seat_input(uuid) TO porthole_relay;

-- The tunnel of a hub came up or went down.
CREATE FUNCTION hub_event(p_event uuid, p_hub uuid, p_action text, p_data jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_hub public.console_hub;
  v_vm text;
BEGIN
  IF p_action NOT IN ('tunnel.up', 'tunnel.down') THEN
    RAISE EXCEPTION 'no event of a hub: %', p_action USING ERRCODE = '22023';
  END IF;
  SELECT h.* INTO STRICT v_hub FROM public.console_hub h WHERE h.id = p_hub;
  SELECT v.name INTO v_vm FROM public.vm v WHERE v.id = v_hub.vm_id;
  PERFORM public.audit_write(v_hub.tenant_id, p_event, jsonb_build_object(
    'action', p_action, 'outcome', 'ok', 'actor', jsonb_build_object('personId', NULL, 'name', p_hub, 'kind', 'system'),
    'target', jsonb_build_object('kind', 'vm', 'id', v_hub.vm_id, 'name', v_vm),
    'data', coalesce(p_data, '{}') || jsonb_build_object('hubId', p_hub, 'kind', v_hub.kind, 'relay', v_hub.relay_id))::text);
END
$$;
GRANT EXECUTE ON FUNCTION hub_event(uuid, uuid, text, jsonb) TO porthole_relay;

-- A hub without live seats ends; with some it stays, and gives false.
CREATE FUNCTION hub_end(p_hub uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.console_hub h SET ended_at = clock_timestamp()
    WHERE h.id = p_hub AND h.ended_at IS NULL AND NOT EXISTS (
      SELECT FROM public.console_seat s WHERE s.tenant_id = h.tenant_id AND s.hub_id = h.id AND s.closed_at IS NULL);
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION hub_end(uuid) TO porthole_relay;

-- Prolongs the leases that the relay still has, and says which: a hub that is not among them is lost.
CREATE FUNCTION hubs_renew(p_relay text, p_hubs uuid[]) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.console_hub h SET lease_until = clock_timestamp() + interval '15 seconds'
  WHERE h.id = ANY (p_hubs) AND h.relay_id = p_relay AND h.ended_at IS NULL
  RETURNING h.id
$$;
GRANT EXECUTE ON FUNCTION hubs_renew(text, uuid[]) TO porthole_relay;

-- One line for each live seat of a relay, asked every second: where an epoch grew, or the login ended, or the seat is
-- missing, the relay asks seat_facts() and can() again. The rule of login_alive() stands here again as a join: a call
-- for each of five thousand seats would cost a tenth of a second of every second.
CREATE FUNCTION seat_standing(p_relay text)
RETURNS TABLE (seat_id uuid, tenant_id uuid, tenant_epoch bigint, person_id uuid, person_epoch bigint, session_alive boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.tenant_id, t.authority_epoch, s.person_id, p.authority_epoch, l.id IS NOT NULL
  FROM public.console_seat s
  JOIN public.tenant t ON t.id = s.tenant_id
  JOIN public.person p ON p.id = s.person_id
  LEFT JOIN public.login_session l ON l.id = s.login_session_id AND l.person_id = s.person_id
    AND l.expires_at > clock_timestamp() AND l.last_input_at > clock_timestamp() - interval '60 minutes'
  WHERE s.relay_id = p_relay AND s.closed_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION seat_standing(text) TO porthole_relay;

-- The facts of a live seat anew, with the machine as it is now; null where the seat has ended or the machine has
-- moved to another holder.
CREATE FUNCTION seat_facts(p_seat uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('facts', public.authority_facts_of(s.tenant_id, s.person_id, s.login_session_id))
    || public.console_target_of(s.tenant_id, s.vm_id, s.kind)
  FROM public.console_seat s WHERE s.id = p_seat AND s.closed_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION seat_facts(uuid) TO porthole_relay;

-- Fresh rows for a redial.
CREATE FUNCTION console_target(p_seat uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.console_target_of(s.tenant_id, s.vm_id, s.kind)
  FROM public.console_seat s WHERE s.id = p_seat AND s.closed_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION console_target(uuid) TO porthole_relay;

-- Ends what relays left behind that stopped beating, and what `p_relay` itself left behind before it started anew
-- (called so after its journal was replayed). Several may reap at once: each takes what the others have not.
CREATE FUNCTION seats_reap(p_relay text DEFAULT NULL) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_hub record;
  v_count int := 0;
BEGIN
  FOR v_hub IN
    SELECT h.tenant_id, h.id FROM public.console_hub h
    WHERE h.ended_at IS NULL AND (h.relay_id = p_relay OR NOT EXISTS (
      SELECT FROM public.relay r WHERE r.id = h.relay_id AND r.beat_at > clock_timestamp() - interval '30 seconds'))
    ORDER BY h.tenant_id, h.id LIMIT 200 FOR UPDATE SKIP LOCKED
  LOOP
    v_count := v_count + public.hub_lose(v_hub.tenant_id, v_hub.id);
    PERFORM pg_notify('inventory', v_hub.tenant_id::text);
  END LOOP;
  RETURN v_count;
END
$$;
GRANT EXECUTE ON FUNCTION seats_reap(text) TO porthole_relay, porthole_worker;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
