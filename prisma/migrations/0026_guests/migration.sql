-- Guest links (ADR 0024): a link that names a person and an address, opens one console for as long as its maker may share
-- that machine, and keeps a trail of its own.

CREATE TABLE "guest_link" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    -- A machine can move to another organisation; its name stays here, and the link ends with the move.
    "vm_id" UUID NOT NULL,
    "vm_name" TEXT NOT NULL,
    "guest_name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "rights" TEXT[] NOT NULL,
    "one_visit" BOOLEAN NOT NULL,
    "door" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    -- The newest mail's; null once that is long past and tidied away.
    "token_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID NOT NULL,
    "created_name" TEXT NOT NULL,
    -- When the one visit began that it is good for.
    "visited_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" UUID,
    "ended_name" TEXT,

    CONSTRAINT "guest_link_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "guest_link_rights" CHECK ('look' = ANY (rights) AND rights <@ ARRAY['look', 'type', 'clipboard']),
    CONSTRAINT "guest_link_life" CHECK (ends_at <= created_at + interval '14 days'),
    CONSTRAINT "guest_link_names" CHECK (char_length(guest_name) BETWEEN 1 AND 80 AND char_length(email) BETWEEN 3 AND 254
      AND char_length(reason) <= 500),
    CONSTRAINT "guest_link_visited" CHECK (one_visit OR visited_at IS NULL)
);
CREATE INDEX "guest_link_tenant_id_vm_id_idx" ON "guest_link"("tenant_id", "vm_id");
CREATE INDEX "guest_link_token_id_idx" ON "guest_link"("token_id");
ALTER TABLE "guest_link"
  ADD CONSTRAINT "guest_link_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "guest_link_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "mail_token"("id") ON DELETE SET NULL ON UPDATE RESTRICT;

-- One time that somebody came with the link, in one browser. It is no login session: it opens one console and nothing else.
CREATE TABLE "guest_visit" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "link_id" UUID NOT NULL,
    -- Of the bearer in the visitor's cookie.
    "digest" BYTEA NOT NULL,
    -- Of the newest mail with a code.
    "code_token_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "proved_at" TIMESTAMPTZ(3),
    "knocked_at" TIMESTAMPTZ(3),
    "entered_at" TIMESTAMPTZ(3),
    "refused_at" TIMESTAMPTZ(3),
    "left_at" TIMESTAMPTZ(3),
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "guest_visit_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "guest_visit_digest_size" CHECK (octet_length(digest) = 32),
    -- Nobody is inside who has not proved the address, nor who was refused.
    CONSTRAINT "guest_visit_order" CHECK ((proved_at IS NOT NULL OR num_nonnulls(knocked_at, entered_at, refused_at) = 0)
      AND (entered_at IS NULL OR refused_at IS NULL)),
    CONSTRAINT "guest_visit_life" CHECK (expires_at <= coalesce(entered_at, knocked_at, created_at) + interval '8 hours 1 minute')
);
CREATE UNIQUE INDEX "guest_visit_digest_key" ON "guest_visit"("digest");
CREATE INDEX "guest_visit_tenant_id_link_id_idx" ON "guest_visit"("tenant_id", "link_id");
CREATE INDEX "guest_visit_code_token_id_idx" ON "guest_visit"("code_token_id");
ALTER TABLE "guest_visit"
  ADD CONSTRAINT "guest_visit_tenant_id_link_id_fkey" FOREIGN KEY ("tenant_id", "link_id") REFERENCES "guest_link"("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "guest_visit_code_token_id_fkey" FOREIGN KEY ("code_token_id") REFERENCES "mail_token"("id") ON DELETE SET NULL ON UPDATE RESTRICT;

-- A pass and a seat of a guest name the link; what names a person there names the link too, and what names a login session the visit.
ALTER TABLE "console_ticket" ADD COLUMN "guest_link_id" UUID,
  ADD CONSTRAINT "console_ticket_guest" CHECK (guest_link_id IS NULL OR person_id = guest_link_id);
ALTER TABLE "console_seat" ADD COLUMN "guest_link_id" UUID,
  ADD CONSTRAINT "console_seat_guest" CHECK (guest_link_id IS NULL OR person_id = guest_link_id);

-- Events of one link, of which an organisation's log holds few.
CREATE INDEX "audit_event_guest_link_idx" ON "audit_event" ("tenant_id", (payload::jsonb #>> '{data,guestLinkId}'), "seq")
  WHERE payload::jsonb #>> '{data,guestLinkId}' IS NOT NULL;

-- ------------------------------------------------------------------------------------------------------- mail

-- A code is short, for people to type: one for each try to send it, as with links.
ALTER TABLE "mail_token" ADD COLUMN "code_hashes" BYTEA[] NOT NULL DEFAULT ARRAY[]::BYTEA[],
  ADD CONSTRAINT "mail_token_codes" CHECK (cardinality(code_hashes) <= 20);
ALTER TABLE "mail_token" DROP CONSTRAINT "mail_token_purpose", ADD CONSTRAINT "mail_token_purpose" CHECK (CASE purpose
  WHEN 'reset' THEN expires_at <= created_at + interval '30 minutes' AND tenant_id IS NULL
  WHEN 'invitation' THEN expires_at <= created_at + interval '7 days' AND tenant_id IS NOT NULL AND person_id IS NULL
  WHEN 'email' THEN expires_at <= created_at + interval '24 hours' AND person_id IS NOT NULL AND tenant_id IS NULL
  WHEN 'sign-up' THEN expires_at <= created_at + interval '24 hours' AND person_id IS NULL AND tenant_id IS NULL
  WHEN 'guest' THEN expires_at <= created_at + interval '14 days' AND tenant_id IS NOT NULL AND person_id IS NULL
  WHEN 'guest-code' THEN expires_at <= created_at + interval '15 minutes' AND tenant_id IS NOT NULL AND person_id IS NULL
  ELSE false END);
ALTER TABLE "mail" DROP CONSTRAINT "mail_kind", ADD CONSTRAINT "mail_kind"
  CHECK (kind IN ('reset', 'invitation', 'email-confirm', 'email-changed', 'password-changed', 'sign-up', 'guest', 'guest-code', 'guest-waiting'));
ALTER TABLE "mail" DROP CONSTRAINT "mail_link", ADD CONSTRAINT "mail_link"
  CHECK ((token_id IS NOT NULL) = (kind IN ('reset', 'invitation', 'email-confirm', 'sign-up', 'guest', 'guest-code')));

-- -------------------------------------------------------------------------------------------- who may do what

ALTER TABLE "guest_link" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "guest_link" FORCE ROW LEVEL SECURITY;
ALTER TABLE "guest_visit" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "guest_visit" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "guest_link" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY tenant ON "guest_visit" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

GRANT SELECT, INSERT (tenant_id, id, vm_id, vm_name, guest_name, email, rights, one_visit, door, reason, ends_at, token_id,
    created_at, created_by, created_name), UPDATE (token_id, visited_at, ended_at, ended_by, ended_name) ON guest_link TO porthole_portal;
GRANT SELECT, INSERT (tenant_id, id, link_id, digest, code_token_id, created_at, expires_at, ip, user_agent),
  UPDATE (code_token_id, expires_at, proved_at, knocked_at, entered_at, refused_at, left_at) ON guest_visit TO porthole_portal;
GRANT SELECT (guest_link_id), INSERT (guest_link_id) ON console_ticket TO porthole_portal;
GRANT SELECT, UPDATE (ended_at) ON guest_link TO porthole_door;
GRANT SELECT ON guest_visit TO porthole_door;
GRANT UPDATE (code_hashes) ON mail_token TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- The visit behind a cookie: which organisation's, before one is in context. Whether it still gives anything is asked there.
CREATE FUNCTION guest_visit_find(p_digest bytea) RETURNS TABLE (tenant_id uuid, visit_id uuid, link_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.tenant_id, v.id, v.link_id FROM public.guest_visit v WHERE v.digest = p_digest
$$;
GRANT EXECUTE ON FUNCTION guest_visit_find(bytea) TO porthole_portal;

-- What is true of a guest: all that is true of who made the link, who answers for it at every moment; and the link and the
-- visit themselves. A login session has no part in it.
CREATE FUNCTION guest_facts_of(p_tenant uuid, p_link uuid, p_visit uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.authority_facts_of(g.tenant_id, g.created_by, NULL) || jsonb_build_object(
    'factorAt', NULL,
    'sessionAlive', v.entered_at IS NOT NULL AND v.left_at IS NULL AND v.expires_at > clock_timestamp(),
    'guest', jsonb_build_object('linkId', g.id, 'name', g.guest_name, 'vmId', g.vm_id, 'rights', to_jsonb(g.rights),
      'endsAt', least(g.ends_at, v.expires_at), 'over', g.ended_at IS NOT NULL))
  FROM public.guest_link g
  LEFT JOIN public.guest_visit v ON v.tenant_id = g.tenant_id AND v.link_id = g.id AND v.id = p_visit
  WHERE g.tenant_id = p_tenant AND g.id = p_link
$$;

-- The portal's way to them: only of the organisation in context.
CREATE FUNCTION guest_facts(p_tenant uuid, p_link uuid, p_visit uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'authority of another organisation' USING ERRCODE = '42501';
  END IF;
  RETURN public.guest_facts_of(p_tenant, p_link, p_visit);
END
$$;
GRANT EXECUTE ON FUNCTION guest_facts(uuid, uuid, uuid) TO porthole_portal;

-- Of whoever a pass or a seat is: a person with a login session, or a guest with a visit.
CREATE FUNCTION facts_at_console(p_tenant uuid, p_link uuid, p_person uuid, p_session uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_link IS NULL THEN public.authority_facts_of(p_tenant, p_person, p_session)
    ELSE public.guest_facts_of(p_tenant, p_link, p_session) END
$$;

CREATE FUNCTION name_at_console(p_tenant uuid, p_link uuid, p_person uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_link IS NULL THEN (SELECT p.name FROM public.person p WHERE p.id = p_person)
    ELSE (SELECT g.guest_name FROM public.guest_link g WHERE g.tenant_id = p_tenant AND g.id = p_link) END
$$;

CREATE FUNCTION actor_at_console(p_link uuid, p_person uuid, p_name text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_link IS NULL THEN public.actor_of(p_person, p_name)
    ELSE jsonb_build_object('personId', NULL, 'name', p_name, 'kind', 'guest') END
$$;

-- What puts an event into the trail of a link.
CREATE FUNCTION guest_field(p_link uuid) RETURNS jsonb
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN p_link IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('guestLinkId', p_link) END
$$;

-- How a guest's right ended, as far as the link or the visit know it. What happened to its maker is not a guest's to read.
CREATE FUNCTION guest_end_of(p_tenant uuid, p_link uuid, p_visit uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE
    WHEN g.ended_at IS NOT NULL THEN jsonb_build_object('at', g.ended_at, 'by', g.ended_name, 'planned', false)
    WHEN least(g.ends_at, v.expires_at) <= clock_timestamp() THEN
      jsonb_build_object('at', least(g.ends_at, v.expires_at), 'by', NULL, 'planned', true) END
  FROM public.guest_link g
  LEFT JOIN public.guest_visit v ON v.tenant_id = g.tenant_id AND v.id = p_visit
  WHERE g.tenant_id = p_tenant AND g.id = p_link
$$;

-- The hash of a code that the courier drew for a mail it has in hand.
CREATE FUNCTION mail_arm_code(p_id uuid, p_courier text, p_hash bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF octet_length(p_hash) <> 32 THEN
    RAISE EXCEPTION 'no hash of a code' USING ERRCODE = '22023';
  END IF;
  UPDATE public.mail_token t SET code_hashes = t.code_hashes || p_hash
    FROM public.mail m
    WHERE m.id = p_id AND m.courier = p_courier AND m.sent_at IS NULL AND m.failed_at IS NULL AND m.kind = 'guest-code'
      AND t.id = m.token_id AND cardinality(t.code_hashes) < 20;
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION mail_arm_code(uuid, text, bytea) TO porthole_courier;

-- What became of the mail with a guest link is in the link's trail.
CREATE FUNCTION guest_mailed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_link public.guest_link;
BEGIN
  SELECT g.* INTO v_link FROM public.guest_link g WHERE g.token_id = NEW.token_id;
  IF FOUND THEN
    PERFORM public.audit_write(v_link.tenant_id, gen_random_uuid(), jsonb_build_object(
      'action', 'guest.mailed', 'outcome', CASE WHEN NEW.failed_at IS NULL THEN 'ok' ELSE 'failed' END,
      'actor', jsonb_build_object('personId', NULL, 'name', 'courier', 'kind', 'system'),
      'target', jsonb_build_object('kind', 'vm', 'id', v_link.vm_id, 'name', v_link.vm_name),
      'data', public.guest_field(v_link.id) || jsonb_build_object('guest', v_link.guest_name))::text);
  END IF;
  RETURN NULL;
END
$$;

-- A machine that goes to another organisation takes no guest with it.
CREATE FUNCTION guest_vm_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_link public.guest_link;
BEGIN
  FOR v_link IN
    UPDATE public.guest_link g SET ended_at = clock_timestamp()
      WHERE g.tenant_id = OLD.tenant_id AND g.vm_id = OLD.id AND g.ended_at IS NULL AND g.ends_at > clock_timestamp()
      RETURNING g.*
  LOOP
    PERFORM public.audit_write(v_link.tenant_id, gen_random_uuid(), jsonb_build_object(
      'action', 'guest.ended', 'outcome', 'ok',
      'actor', jsonb_build_object('personId', NULL, 'name', 'provider', 'kind', 'system'),
      'target', jsonb_build_object('kind', 'vm', 'id', v_link.vm_id, 'name', v_link.vm_name),
      'data', public.guest_field(v_link.id) || jsonb_build_object('guest', v_link.guest_name, 'why', 'machine-left'))::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION guest_mailed(), guest_vm_moved() TO porthole_owner;

-- As in 0005, for a guest too.
CREATE OR REPLACE FUNCTION ticket_redeem(p_secret_hash bytea, p_relay text, p_binder_hash bytea) RETURNS jsonb
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
      'facts', public.facts_at_console(v_ticket.tenant_id, v_ticket.guest_link_id, v_ticket.person_id, v_ticket.login_session_id))
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

-- As in 0005, for a guest too.
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
    'data', public.guest_field(v_ticket.guest_link_id) || jsonb_build_object('reason', p_reason, 'outcome', p_outcome, 'ticketId', v_ticket.id, 'kind', v_ticket.kind,
      'mode', v_ticket.mode, 'relay', p_relay, 'userAgent', left(p_ua, 300)))::text);
END
$$;

-- As in 0005, for a guest too.
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
    'data', public.guest_field(v_seat.guest_link_id) || jsonb_build_object('reason', p_reason, 'seatId', v_seat.id, 'hubId', v_seat.hub_id,
      'ticketId', v_seat.ticket_id, 'kind', v_seat.kind, 'relay', v_seat.relay_id,
      'durationMs', round(extract(epoch FROM v_seat.closed_at - v_seat.opened_at) * 1000)::bigint,
      'receipt', p_receipt))::text);
  RETURN true;
END
$$;

-- As in 0011, for a guest too.
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
    'data', public.guest_field(v_ticket.guest_link_id) || jsonb_build_object('kind', v_ticket.kind, 'mode', v_ticket.mode, 'rights', to_jsonb(p_rights), 'seatId', v_seat,
      'hubId', v_hub.id, 'ticketId', v_ticket.id, 'loginSessionId', v_ticket.login_session_id, 'relay', p_relay,
      'userAgent', left(p_ua, 300)))::text);
  RETURN jsonb_build_object('seatId', v_seat, 'hubId', v_hub.id, 'hubIsNew', v_hub_is_new);
END
$$;

-- As in 0014; a guest's seat stands on who made the link, and on the visit.
CREATE OR REPLACE FUNCTION seat_standing(p_relay text)
RETURNS TABLE (seat_id uuid, tenant_id uuid, tenant_epoch bigint, person_id uuid, person_epoch bigint,
  session_alive boolean, close_asked boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, s.tenant_id, t.authority_epoch, s.person_id, p.authority_epoch,
    CASE WHEN s.guest_link_id IS NULL THEN l.id IS NOT NULL ELSE v.id IS NOT NULL END,
    s.close_asked_at IS NOT NULL
  FROM public.console_seat s
  JOIN public.tenant t ON t.id = s.tenant_id
  LEFT JOIN public.guest_link g ON g.tenant_id = s.tenant_id AND g.id = s.guest_link_id
  JOIN public.person p ON p.id = coalesce(g.created_by, s.person_id)
  LEFT JOIN public.login_session l ON l.id = s.login_session_id AND l.person_id = s.person_id
    AND l.expires_at > clock_timestamp() AND l.last_input_at > clock_timestamp() - interval '60 minutes'
  LEFT JOIN public.guest_visit v ON v.tenant_id = s.tenant_id AND v.id = s.login_session_id AND v.link_id = s.guest_link_id
    AND v.entered_at IS NOT NULL AND v.left_at IS NULL AND v.expires_at > clock_timestamp()
  WHERE s.relay_id = p_relay AND s.closed_at IS NULL
$$;

-- As in 0019; how a guest's right ended is the link's to say.
CREATE OR REPLACE FUNCTION seat_around_of(p_seat public.console_seat) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'vm', (
      SELECT jsonb_build_object('id', v.id, 'tenantId', v.tenant_id, 'poolId', v.pool_id, 'tags', v.tags,
        'isControlDomain', v.is_control_domain)
      FROM public.vm v JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
      WHERE v.tenant_id = p_seat.tenant_id AND v.id = p_seat.vm_id AND v.gone_at IS NULL AND p.removed_at IS NULL),
    'poolPaused', EXISTS (
      SELECT FROM public.vm v JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
      WHERE v.tenant_id = p_seat.tenant_id AND v.id = p_seat.vm_id AND p.state = 'paused'),
    'loginRanOut', p_seat.guest_link_id IS NULL AND EXISTS (
      SELECT FROM public.login_session l WHERE l.id = p_seat.login_session_id AND l.person_id = p_seat.person_id
        AND (l.expires_at <= clock_timestamp() OR l.last_input_at <= clock_timestamp() - interval '60 minutes')),
    'grantEnded', CASE WHEN p_seat.guest_link_id IS NOT NULL THEN public.guest_end_of(p_seat.tenant_id, p_seat.guest_link_id, p_seat.login_session_id) ELSE (
      SELECT jsonb_build_object('at', e.at, 'by', who.name, 'planned', e.ended_at IS NULL)
      FROM (
        SELECT least(g.ended_at, CASE WHEN g.ends_at <= clock_timestamp() THEN g.ends_at END) AS at,
          CASE WHEN g.ended_at <= coalesce(g.ends_at, 'infinity') THEN g.ended_at END AS ended_at, g.ended_by
        FROM (
          SELECT own.* FROM public.access_grant own
          WHERE own.tenant_id = p_seat.tenant_id AND own.person_id = p_seat.person_id
          UNION ALL
          SELECT ours.* FROM public.access_grant ours
          JOIN public.team_member m ON m.tenant_id = ours.tenant_id AND m.team_id = ours.team_id
          WHERE ours.tenant_id = p_seat.tenant_id AND m.person_id = p_seat.person_id
        ) g
        JOIN public.vm v ON v.tenant_id = p_seat.tenant_id AND v.id = p_seat.vm_id
        WHERE g.vm_id = v.id OR g.all_vms OR g.tag = ANY (v.tags)
      ) e
      LEFT JOIN public.person who ON who.id = e.ended_by AND e.ended_at IS NOT NULL
      WHERE e.at >= p_seat.opened_at
      ORDER BY e.at DESC LIMIT 1) END)
$$;

-- As in 0014, for a guest too.
CREATE OR REPLACE FUNCTION seats_facts(p_seats uuid[]) RETURNS TABLE (seat_id uuid, answer jsonb)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT s.id, jsonb_build_object('facts', public.facts_at_console(s.tenant_id, s.guest_link_id, s.person_id, s.login_session_id))
    || public.seat_around_of(s)
    || jsonb_build_object('closeAsked', CASE WHEN s.close_asked_at IS NOT NULL THEN jsonb_build_object(
      'at', s.close_asked_at, 'by', s.close_asked_name, 'reason', s.close_asked_reason) END)
  FROM public.console_seat s
  WHERE s.id = ANY (p_seats) AND s.closed_at IS NULL
$$;

-- As in 0012, with the link of a guest, which hub_event() takes out again.
CREATE OR REPLACE FUNCTION sitter_of(p_tenant uuid, p_hub uuid, p_seat uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object('seatId', s.id, 'id', s.person_id, 'name', s.person_name)
    || public.guest_field(s.guest_link_id)
  FROM public.console_seat s WHERE s.tenant_id = p_tenant AND s.id = p_seat AND s.hub_id = p_hub
$$;

-- As in 0012, for a guest too.
CREATE OR REPLACE FUNCTION hub_event(p_event uuid, p_hub uuid, p_action text, p_data jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_hub public.console_hub;
  v_vm text;
  v_from jsonb;
  v_to jsonb;
  v_by jsonb;
  v_data jsonb;
  v_guest uuid;
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
    v_guest := (v_by ->> 'guestLinkId')::uuid;
    v_from := v_from - 'guestLinkId';
    v_to := v_to - 'guestLinkId';
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
      ELSE public.actor_at_console(v_guest, (v_by ->> 'id')::uuid, v_by ->> 'name') END,
    'target', jsonb_build_object('kind', 'vm', 'id', v_hub.vm_id, 'name', v_vm),
    'data', v_data || public.guest_field(v_guest) || jsonb_build_object('hubId', p_hub, 'kind', v_hub.kind, 'relay', v_hub.relay_id))::text);
END
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER guest_mailed AFTER UPDATE OF sent_at, failed_at ON mail FOR EACH ROW
  WHEN (NEW.kind = 'guest' AND OLD.sent_at IS NULL AND OLD.failed_at IS NULL AND num_nonnulls(NEW.sent_at, NEW.failed_at) > 0)
  EXECUTE FUNCTION guest_mailed();
CREATE TRIGGER guest_vm_moved AFTER UPDATE OF tenant_id ON vm FOR EACH ROW WHEN (OLD.tenant_id <> NEW.tenant_id)
  EXECUTE FUNCTION guest_vm_moved();

-- What can() judges of a guest: as in 0007.
CREATE TRIGGER authority_update AFTER UPDATE ON guest_link REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tenant_authority_changed('tenant_id,id,vm_id,rights,created_by,ends_at,ended_at');
CREATE TRIGGER authority_update AFTER UPDATE ON guest_visit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION tenant_authority_changed('tenant_id,id,entered_at,left_at');
