-- Ends by date in the log: a grant, a guest link, support and an API token that end by themselves are told as those are that
-- somebody ends. And guest links that end before their mail went, visits that nobody asks about any more, and consoles of support.

-- When the log was told that it ended by its date. Anew where its date was moved afterwards.
ALTER TABLE "access_grant" ADD COLUMN "end_told_at" TIMESTAMPTZ(3);
ALTER TABLE "guest_link" ADD COLUMN "end_told_at" TIMESTAMPTZ(3);
ALTER TABLE "support_grant" ADD COLUMN "end_told_at" TIMESTAMPTZ(3);
ALTER TABLE "api_token" ADD COLUMN "end_told_at" TIMESTAMPTZ(3);

-- What was not told yet, the soonest end first; what is long past leaves these.
CREATE INDEX "access_grant_end_untold" ON "access_grant"("ends_at")
  WHERE ended_at IS NULL AND ends_at IS NOT NULL AND (end_told_at IS NULL OR end_told_at < ends_at);
CREATE INDEX "guest_link_end_untold" ON "guest_link"("ends_at")
  WHERE ended_at IS NULL AND (end_told_at IS NULL OR end_told_at < ends_at);
CREATE INDEX "support_grant_end_untold" ON "support_grant"("ends_at")
  WHERE ended_at IS NULL AND ends_at IS NOT NULL AND (end_told_at IS NULL OR end_told_at < ends_at);
CREATE INDEX "api_token_end_untold" ON "api_token"("ends_at")
  WHERE ended_at IS NULL AND (end_told_at IS NULL OR end_told_at < ends_at);
-- Visits come and go by their own end.
CREATE INDEX "guest_visit_expires_at_idx" ON "guest_visit"("expires_at");

-- Who writes a grant cannot say that its end was told.
REVOKE INSERT ON access_grant FROM porthole_portal;
GRANT INSERT (tenant_id, id, person_id, team_id, vm_id, tag, all_vms, role, rights, reason, ends_at, created_at, created_by,
    request_id) ON access_grant TO porthole_portal;
GRANT UPDATE (end_told_at) ON access_grant, guest_link, support_grant, api_token TO porthole_door;
GRANT UPDATE (withdrawn_at) ON mail_token TO porthole_door;
GRANT DELETE ON guest_visit TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- A time as the events write it.
CREATE FUNCTION event_time(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- The event of an end that nobody made.
CREATE FUNCTION ran_out_event(p_action text, p_target jsonb, p_ends_at timestamptz, p_data jsonb) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('action', p_action, 'outcome', 'ok',
    'actor', jsonb_build_object('personId', NULL, 'name', 'pool-worker', 'kind', 'system'), 'target', p_target,
    'data', p_data || jsonb_build_object('why', 'ran-out', 'endedAt', public.event_time(p_ends_at)))
$$;

CREATE FUNCTION grant_ran_out_event(p_grant public.access_grant) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.ran_out_event('grant.ended',
    CASE WHEN v.id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'id', v.id, 'name', v.name)
      ELSE jsonb_build_object('kind', 'grant', 'id', p_grant.id, 'name', r.name) END,
    p_grant.ends_at,
    jsonb_build_object('grantId', p_grant.id, 'role', p_grant.role, 'rights', to_jsonb(p_grant.rights), 'reason', p_grant.reason,
      'endsAt', public.event_time(p_grant.ends_at),
      'over', CASE WHEN v.id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'id', v.id, 'name', v.name)
        WHEN p_grant.tag IS NOT NULL THEN jsonb_build_object('kind', 'tag', 'id', p_grant.tag, 'name', p_grant.tag)
        ELSE jsonb_build_object('kind', 'all', 'id', '', 'name', '') END,
      'receiver', jsonb_build_object('kind', CASE WHEN p_grant.team_id IS NULL THEN 'person' ELSE 'team' END,
        'id', coalesce(p_grant.team_id, p_grant.person_id), 'name', r.name)))
  FROM (SELECT coalesce(
      (SELECT t.name FROM public.team t WHERE t.tenant_id = p_grant.tenant_id AND t.id = p_grant.team_id),
      (SELECT p.name FROM public.person p WHERE p.id = p_grant.person_id),
      (SELECT e.target_name FROM public.audit_event e WHERE e.tenant_id = p_grant.tenant_id AND e.target_id = p_grant.team_id::text
        ORDER BY e.seq DESC LIMIT 1), '') AS name) r
  LEFT JOIN public.vm v ON v.id = p_grant.vm_id
$$;

CREATE FUNCTION token_ran_out_event(p_token public.api_token) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.ran_out_event('token.ended', jsonb_build_object('kind', 'token', 'id', p_token.id, 'name', p_token.name),
    p_token.ends_at, jsonb_build_object('tokenId', p_token.id, 'name', p_token.name))
$$;

-- Tells the log what ended by its date since it was last asked, at most a hundred of each kind, the oldest first, each one
-- once: a row that another process has in hand is skipped, and its mark stands in the transaction of its event. Chains
-- ascending, as wherever several are written. Gives how many events were written.
CREATE FUNCTION ends_tell() RETURNS int
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
GRANT EXECUTE ON FUNCTION ends_tell() TO porthole_worker;

-- What goes with a member, a team or a machine between its end and the telling is told as it goes: at the end of that
-- transaction, when its chains are locked anyway. A team that is gone by then has left its name in its last event.
CREATE FUNCTION untold_grant_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.ends_at <= clock_timestamp() THEN
    PERFORM public.audit_write(OLD.tenant_id, gen_random_uuid(), public.grant_ran_out_event(OLD)::text);
  END IF;
  RETURN NULL;
END
$$;
CREATE FUNCTION untold_token_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF OLD.ends_at <= clock_timestamp() THEN
    PERFORM public.audit_write(OLD.tenant_id, gen_random_uuid(), public.token_ran_out_event(OLD)::text);
  END IF;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION untold_grant_gone(), untold_token_gone() TO porthole_owner;

-- Visits a week after their end, at most a thousand at once: what happened in them is in the log, and a page of a link
-- reads of them only who waits or is inside.
CREATE FUNCTION guest_visits_tidy() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_kept constant interval := interval '7 days';
  v_round constant int := 1000;
  v_count int;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('visits of guests are tidied', 0)) THEN
    RETURN 0;
  END IF;
  DELETE FROM public.guest_visit v WHERE (v.tenant_id, v.id) IN (
    SELECT o.tenant_id, o.id FROM public.guest_visit o WHERE o.expires_at < clock_timestamp() - v_kept
    ORDER BY o.expires_at LIMIT v_round);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
GRANT EXECUTE ON FUNCTION guest_visits_tidy() TO porthole_worker;

-- As in 0026; and a mail that has not gone goes no more.
CREATE OR REPLACE FUNCTION guest_vm_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_link public.guest_link;
BEGIN
  FOR v_link IN
    UPDATE public.guest_link g SET ended_at = clock_timestamp()
      WHERE g.tenant_id = OLD.tenant_id AND g.vm_id = OLD.id AND g.ended_at IS NULL AND g.ends_at > clock_timestamp()
      RETURNING g.*
  LOOP
    UPDATE public.mail_token t SET withdrawn_at = clock_timestamp()
      WHERE t.id = v_link.token_id AND t.used_at IS NULL AND t.withdrawn_at IS NULL;
    PERFORM public.audit_write(v_link.tenant_id, gen_random_uuid(), jsonb_build_object(
      'action', 'guest.ended', 'outcome', 'ok',
      'actor', jsonb_build_object('personId', NULL, 'name', 'provider', 'kind', 'system'),
      'target', jsonb_build_object('kind', 'vm', 'id', v_link.vm_id, 'name', v_link.vm_name),
      'data', public.guest_field(v_link.id) || jsonb_build_object('guest', v_link.guest_name, 'why', 'machine-left'))::text);
  END LOOP;
  RETURN NULL;
END
$$;

-- What says of an event at a console that somebody was there as the provider's support: the grant by which they were inside
-- at that moment.
CREATE FUNCTION support_field(p_tenant uuid, p_person uuid, p_at timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((
    SELECT jsonb_build_object('supportGrantId', g.id) FROM public.support_grant g
    WHERE g.tenant_id = p_tenant AND g.person_id = p_person AND g.entered_at <= p_at AND g.ends_at > p_at
      AND coalesce(g.ended_at, 'infinity') > p_at
    ORDER BY g.ends_at DESC LIMIT 1), '{}')
$$;

-- As in 0026, with support.
CREATE OR REPLACE FUNCTION ticket_deny(p_ticket uuid, p_secret_hash bytea, p_relay text, p_outcome text, p_reason text, p_ip text, p_ua text)
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
  v_person := public.name_at_console(v_ticket.tenant_id, v_ticket.guest_link_id, v_ticket.person_id);
  SELECT v.name INTO v_vm FROM public.vm v WHERE v.tenant_id = v_ticket.tenant_id AND v.id = v_ticket.vm_id;
  PERFORM public.audit_write_refusal(v_ticket.tenant_id, gen_random_uuid(), jsonb_build_object(
    'action', 'console.denied', 'outcome', 'refused', 'actor', public.actor_at_console(v_ticket.guest_link_id, v_ticket.person_id, v_person),
    'target', jsonb_build_object('kind', 'vm', 'id', v_ticket.vm_id, 'name', v_vm), 'ip', p_ip,
    'data', public.guest_field(v_ticket.guest_link_id)
      || public.support_field(v_ticket.tenant_id, v_ticket.person_id, clock_timestamp())
      || jsonb_build_object('reason', p_reason, 'outcome', p_outcome, 'ticketId', v_ticket.id, 'kind', v_ticket.kind,
      'mode', v_ticket.mode, 'relay', p_relay, 'userAgent', left(p_ua, 300)))::text);
END
$$;

-- As in 0026, with support.
CREATE OR REPLACE FUNCTION seat_end(p_event uuid, p_seat uuid, p_reason text, p_receipt jsonb) RETURNS boolean
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
    'action', 'console.close', 'outcome', 'ok', 'actor', public.actor_at_console(v_seat.guest_link_id, v_seat.person_id, v_seat.person_name),
    'target', jsonb_build_object('kind', 'vm', 'id', v_seat.vm_id, 'name', v_seat.vm_name),
    'data', public.guest_field(v_seat.guest_link_id) || public.support_field(v_seat.tenant_id, v_seat.person_id, v_seat.opened_at)
      || jsonb_build_object('reason', p_reason, 'seatId', v_seat.id, 'hubId', v_seat.hub_id,
      'ticketId', v_seat.ticket_id, 'kind', v_seat.kind, 'relay', v_seat.relay_id,
      'durationMs', round(extract(epoch FROM v_seat.closed_at - v_seat.opened_at) * 1000)::bigint,
      'receipt', p_receipt))::text);
  RETURN true;
END
$$;

-- As in 0026, with support.
CREATE OR REPLACE FUNCTION seat_admit(p_ticket uuid, p_relay text, p_rights text[], p_ip text, p_ua text,
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

  -- A guest has one console, and a second seat for as long as a page is loaded anew.
  IF (SELECT count(*) FROM public.console_seat s WHERE s.person_id = v_ticket.person_id AND s.closed_at IS NULL)
     >= least(p_max_person, CASE WHEN v_ticket.guest_link_id IS NOT NULL THEN 2 END) THEN
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
  v_person := public.name_at_console(v_ticket.tenant_id, v_ticket.guest_link_id, v_ticket.person_id);
  SELECT v.name INTO STRICT v_vm FROM public.vm v WHERE v.tenant_id = v_ticket.tenant_id AND v.id = v_ticket.vm_id;
  INSERT INTO public.console_seat (tenant_id, id, hub_id, ticket_id, person_id, person_name, login_session_id, vm_id,
      vm_name, kind, relay_id, rights, opened_at, guest_link_id)
    VALUES (v_ticket.tenant_id, gen_random_uuid(), v_hub.id, v_ticket.id, v_ticket.person_id, v_person,
      v_ticket.login_session_id, v_ticket.vm_id, v_vm, v_ticket.kind, p_relay, p_rights, clock_timestamp(), v_ticket.guest_link_id)
    RETURNING id INTO v_seat;
  UPDATE public.console_ticket t SET outcome = 'opened' WHERE t.tenant_id = v_ticket.tenant_id AND t.id = v_ticket.id;
  PERFORM pg_notify('inventory', v_ticket.tenant_id::text);
  PERFORM public.audit_write(v_ticket.tenant_id, gen_random_uuid(), jsonb_build_object(
    'action', 'console.open', 'outcome', 'ok', 'actor', public.actor_at_console(v_ticket.guest_link_id, v_ticket.person_id, v_person),
    'target', jsonb_build_object('kind', 'vm', 'id', v_ticket.vm_id, 'name', v_vm), 'ip', p_ip,
    'data', public.guest_field(v_ticket.guest_link_id) || public.support_field(v_ticket.tenant_id, v_ticket.person_id, clock_timestamp())
      || jsonb_build_object('kind', v_ticket.kind, 'mode', v_ticket.mode, 'rights', to_jsonb(p_rights), 'seatId', v_seat,
      'hubId', v_hub.id, 'ticketId', v_ticket.id, 'loginSessionId', v_ticket.login_session_id, 'relay', p_relay,
      'userAgent', left(p_ua, 300)))::text);
  RETURN jsonb_build_object('seatId', v_seat, 'hubId', v_hub.id, 'hubIsNew', v_hub_is_new);
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE CONSTRAINT TRIGGER untold_gone AFTER DELETE ON access_grant DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND OLD.ends_at IS NOT NULL AND (OLD.end_told_at IS NULL OR OLD.end_told_at < OLD.ends_at))
  EXECUTE FUNCTION untold_grant_gone();
CREATE CONSTRAINT TRIGGER untold_gone AFTER DELETE ON api_token DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND (OLD.end_told_at IS NULL OR OLD.end_told_at < OLD.ends_at))
  EXECUTE FUNCTION untold_token_gone();
