-- Mail (ADR 0021): what a person is to be told is a row, written in the transaction of what it tells; couriers take rows
-- one by one and send them. Links carry a secret that never stands here: a courier draws it when it takes the mail and
-- leaves its hash alone.

CREATE TABLE "mail_token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "purpose" TEXT NOT NULL,
    -- Where the link goes; opening it proves that this address is the person's.
    "email" TEXT NOT NULL,
    "person_id" UUID,
    "tenant_id" UUID,
    -- One for each try to send: a mail that was taken twice has two links, and either works, once.
    "secret_hashes" BYTEA[] NOT NULL DEFAULT ARRAY[]::BYTEA[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_token_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mail_token_purpose" CHECK (CASE purpose
      WHEN 'reset' THEN expires_at <= created_at + interval '30 minutes' AND tenant_id IS NULL
      WHEN 'invitation' THEN expires_at <= created_at + interval '7 days' AND tenant_id IS NOT NULL AND person_id IS NULL
      WHEN 'email' THEN expires_at <= created_at + interval '24 hours' AND person_id IS NOT NULL AND tenant_id IS NULL
      WHEN 'sign-up' THEN expires_at <= created_at + interval '24 hours' AND person_id IS NULL AND tenant_id IS NULL
      ELSE false END),
    CONSTRAINT "mail_token_email" CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT "mail_token_hashes" CHECK (cardinality(secret_hashes) <= 20)
);
CREATE INDEX "mail_token_person_id_idx" ON "mail_token"("person_id");
ALTER TABLE "mail_token"
  ADD CONSTRAINT "mail_token_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE RESTRICT,
  ADD CONSTRAINT "mail_token_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

CREATE TABLE "mail" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "to_email" TEXT NOT NULL,
    "language" TEXT NOT NULL DEFAULT 'en',
    -- Names that go into its sentences; never a secret.
    "names" JSONB NOT NULL DEFAULT '{}',
    "token_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "courier" TEXT,
    "taken_until" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    -- A code of ours such as `mail/refused`; never a server's words.
    "failure" TEXT,

    CONSTRAINT "mail_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "mail_kind" CHECK (kind IN ('reset', 'invitation', 'email-confirm', 'email-changed', 'password-changed', 'sign-up')),
    CONSTRAINT "mail_link" CHECK ((token_id IS NOT NULL) = (kind IN ('reset', 'invitation', 'email-confirm', 'sign-up'))),
    CONSTRAINT "mail_end" CHECK (num_nonnulls(sent_at, failed_at) <= 1 AND (failed_at IS NULL OR failure IS NOT NULL)),
    CONSTRAINT "mail_names" CHECK (jsonb_typeof(names) = 'object' AND octet_length(names::text) <= 4096),
    CONSTRAINT "mail_address" CHECK (char_length(to_email) BETWEEN 3 AND 254)
);
CREATE INDEX "mail_waiting_idx" ON "mail"("next_try_at") WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX "mail_token_id_idx" ON "mail"("token_id");
ALTER TABLE "mail"
  ADD CONSTRAINT "mail_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "mail_token"("id") ON DELETE CASCADE ON UPDATE RESTRICT;

CREATE TABLE "invitation" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "role" "tenant_role" NOT NULL,
    -- Of the newest mail; null once that is long past and tidied away.
    "token_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" UUID,
    "created_name" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" UUID,
    "withdrawn_at" TIMESTAMPTZ(3),
    "withdrawn_by" UUID,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "invitation_email" CHECK (char_length(email) BETWEEN 3 AND 254),
    CONSTRAINT "invitation_end" CHECK (num_nonnulls(accepted_at, withdrawn_at) <= 1)
);
CREATE UNIQUE INDEX "invitation_open" ON "invitation"("tenant_id", "email") WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX "invitation_tenant_id_token_id_idx" ON "invitation"("tenant_id", "token_id");
ALTER TABLE "invitation"
  ADD CONSTRAINT "invitation_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT,
  ADD CONSTRAINT "invitation_token_id_fkey" FOREIGN KEY ("token_id") REFERENCES "mail_token"("id") ON DELETE SET NULL ON UPDATE RESTRICT;

ALTER TABLE "mail_token" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "mail_token" FORCE ROW LEVEL SECURITY;
ALTER TABLE "mail" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "mail" FORCE ROW LEVEL SECURITY;
ALTER TABLE "invitation" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "invitation" FORCE ROW LEVEL SECURITY;
CREATE POLICY portal ON "mail_token" TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY portal ON "mail" TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY tenant ON "invitation" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- The portal asks for mails and redeems their links; that a link is good is decided by one conditional update. It writes
-- no hash: links are born in the courier alone.
GRANT SELECT, INSERT (id, purpose, email, person_id, tenant_id, created_at, expires_at), UPDATE (used_at, withdrawn_at)
  ON mail_token TO porthole_portal;
GRANT SELECT, INSERT (id, kind, to_email, language, names, token_id) ON mail TO porthole_portal;
GRANT SELECT, INSERT (tenant_id, id, email, role, token_id, created_at, created_by, created_name, expires_at),
  UPDATE (role, token_id, expires_at, accepted_at, accepted_by, withdrawn_at, withdrawn_by) ON invitation TO porthole_portal;

-- The courier has no right on any table: it takes mails through the door and hears of new ones.
GRANT USAGE ON SCHEMA public TO porthole_courier;
GRANT SELECT, UPDATE (person_id, secret_hashes), DELETE ON mail_token TO porthole_door;
GRANT SELECT, UPDATE (next_try_at, tries, courier, taken_until, sent_at, failed_at, failure), DELETE ON mail TO porthole_door;
GRANT SELECT (email) ON person TO porthole_door;
GRANT INSERT (id, slug, name), UPDATE (suspended_at), SELECT (created_at) ON tenant TO porthole_door;
GRANT SELECT ON invitation TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

CREATE FUNCTION mail_queued() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('mail', '');
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION mail_queued() TO porthole_owner;

-- Gives the caller the mail that has waited longest, for two minutes, and arms its link with the hash of a secret that
-- the caller drew. What need not be sent any more ends here: a link that is used, late or withdrawn, and a reset for an
-- address that no account has, or a first account for one that has, of which nothing stays. The portal asks for both alike
-- and never learns which it was.
CREATE FUNCTION mail_take(p_courier text, p_hash bytea) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz;
  v_mail public.mail;
  v_token public.mail_token;
  v_person uuid;
BEGIN
  IF octet_length(p_hash) <> 32 OR char_length(p_courier) NOT BETWEEN 1 AND 200 THEN
    RAISE EXCEPTION 'no courier, or no hash of a secret' USING ERRCODE = '22023';
  END IF;
  LOOP
    v_now := clock_timestamp();
    SELECT m.* INTO v_mail FROM public.mail m
      WHERE m.sent_at IS NULL AND m.failed_at IS NULL AND m.next_try_at <= v_now
        AND (m.taken_until IS NULL OR m.taken_until <= v_now)
      ORDER BY m.next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    IF v_mail.token_id IS NOT NULL THEN
      SELECT t.* INTO STRICT v_token FROM public.mail_token t WHERE t.id = v_mail.token_id FOR UPDATE;
      IF v_token.used_at IS NOT NULL OR v_token.withdrawn_at IS NOT NULL OR v_token.expires_at <= v_now
         OR cardinality(v_token.secret_hashes) >= 20 THEN
        UPDATE public.mail SET failed_at = v_now, failure = 'mail/too-late', courier = NULL, taken_until = NULL
          WHERE id = v_mail.id;
        CONTINUE;
      END IF;
      IF v_token.purpose = 'reset' THEN
        SELECT p.id INTO v_person FROM public.person p WHERE p.email = v_token.email AND p.disabled_at IS NULL;
        IF NOT FOUND THEN
          DELETE FROM public.mail_token t WHERE t.id = v_token.id;
          CONTINUE;
        END IF;
        UPDATE public.mail_token t SET person_id = v_person WHERE t.id = v_token.id;
      ELSIF v_token.purpose IN ('email', 'sign-up') AND EXISTS (SELECT FROM public.person p WHERE p.email = v_token.email) THEN
        DELETE FROM public.mail_token t WHERE t.id = v_token.id;
        CONTINUE;
      END IF;
      UPDATE public.mail_token t SET secret_hashes = t.secret_hashes || p_hash WHERE t.id = v_token.id;
    END IF;
    UPDATE public.mail SET courier = p_courier, taken_until = v_now + interval '2 minutes', tries = tries + 1
      WHERE id = v_mail.id;
    RETURN jsonb_build_object('id', v_mail.id, 'kind', v_mail.kind, 'to', v_mail.to_email, 'language', v_mail.language,
      'names', v_mail.names, 'tokenId', v_mail.token_id, 'tries', v_mail.tries + 1);
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION mail_take(text, bytea) TO porthole_courier;

-- It is with the next server. False: it was no longer the caller's, who was slower than its two minutes.
CREATE FUNCTION mail_sent(p_id uuid, p_courier text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE public.mail m SET sent_at = clock_timestamp(), failure = NULL, courier = NULL, taken_until = NULL
    WHERE m.id = p_id AND m.courier = p_courier AND m.sent_at IS NULL AND m.failed_at IS NULL;
  RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION mail_sent(uuid, text) TO porthole_courier;

-- It didn't go. Tried again after 15 s to 30 min, doubling, with jitter over the upper half; for ever not: after twelve
-- tries (about four hours), or at once where the answer will not change. Gives when it is tried again, null for never.
CREATE FUNCTION mail_not_sent(p_id uuid, p_courier text, p_failure text, p_final boolean) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_next timestamptz;
BEGIN
  IF p_failure !~ '^mail/[a-z-]{1,40}$' THEN
    RAISE EXCEPTION 'no such failure' USING ERRCODE = '22023';
  END IF;
  UPDATE public.mail m SET courier = NULL, taken_until = NULL, failure = p_failure,
      failed_at = CASE WHEN p_final OR m.tries >= 12 THEN v_now END,
      next_try_at = v_now + least(interval '30 minutes', interval '15 seconds' * 2 ^ (m.tries - 1)) * (0.5 + random() / 2)
    WHERE m.id = p_id AND m.courier = p_courier AND m.sent_at IS NULL AND m.failed_at IS NULL
    RETURNING CASE WHEN m.failed_at IS NULL THEN m.next_try_at END INTO v_next;
  RETURN v_next;
END
$$;
GRANT EXECUTE ON FUNCTION mail_not_sent(uuid, text, text, boolean) TO porthole_courier;

-- What nobody asks about any more: mails a week after their end, links a week after theirs.
CREATE FUNCTION mail_tidy() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_week_ago timestamptz := clock_timestamp() - interval '7 days';
BEGIN
  DELETE FROM public.mail m WHERE coalesce(m.sent_at, m.failed_at) < v_week_ago;
  DELETE FROM public.mail_token t WHERE t.expires_at < v_week_ago;
END
$$;
GRANT EXECUTE ON FUNCTION mail_tidy() TO porthole_courier;

-- What happened to an account, in the platform's chain and in that of every organisation of its person, ascending as in
-- audit_append_session.
CREATE FUNCTION audit_append_person(p_person uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF coalesce(p_payload::jsonb ->> 'action', '') NOT IN ('password.reset', 'email.changed')
     OR p_payload::jsonb #>> '{actor,personId}' IS DISTINCT FROM p_person::text THEN
    RAISE EXCEPTION 'no event of an account of this person' USING ERRCODE = '42501';
  END IF;
  PERFORM public.audit_write('00000000-0000-0000-0000-000000000000', gen_random_uuid(), p_payload);
  FOR v_tenant IN SELECT m.tenant_id FROM public.membership m WHERE m.person_id = p_person ORDER BY m.tenant_id LOOP
    PERFORM public.audit_write(v_tenant, gen_random_uuid(), p_payload);
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION audit_append_person(uuid, text) TO porthole_portal;

-- Whether the organisation in context is the provider's and the one that the caller says it acts for.
CREATE FUNCTION assert_provider(p_provider uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_provider IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid OR NOT EXISTS (
      SELECT FROM public.tenant t WHERE t.id = p_provider AND t.kind = 'provider') THEN
    RAISE EXCEPTION 'not the provider' USING ERRCODE = '42501';
  END IF;
END
$$;

-- All organisations, as their provider lists them: names and numbers, nobody and nothing by name inside them.
CREATE FUNCTION organisations_of_provider(p_provider uuid)
RETURNS TABLE (id uuid, slug text, name text, kind text, created_at timestamptz, suspended_at timestamptz, members bigint,
  owners bigint, machines bigint, consoles bigint, invited bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.assert_provider(p_provider);
  RETURN QUERY
    SELECT t.id, t.slug, t.name, t.kind::text, t.created_at, t.suspended_at,
      (SELECT count(*) FROM public.membership m WHERE m.tenant_id = t.id),
      (SELECT count(*) FROM public.membership m WHERE m.tenant_id = t.id AND m.role = 'owner'),
      (SELECT count(*) FROM public.vm v WHERE v.tenant_id = t.id AND v.gone_at IS NULL AND NOT v.is_control_domain),
      (SELECT count(*) FROM public.console_seat s WHERE s.tenant_id = t.id AND s.closed_at IS NULL),
      (SELECT count(*) FROM public.invitation i WHERE i.tenant_id = t.id AND i.role = 'owner' AND i.accepted_at IS NULL
        AND i.withdrawn_at IS NULL AND i.expires_at > clock_timestamp())
    FROM public.tenant t ORDER BY t.kind DESC, t.name, t.id;
END
$$;
GRANT EXECUTE ON FUNCTION organisations_of_provider(uuid) TO porthole_portal;

-- Writes one event into the provider's chain and the customer's, ascending.
CREATE FUNCTION audit_write_both(p_one uuid, p_other uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.audit_write(least(p_one, p_other), gen_random_uuid(), p_payload);
  PERFORM public.audit_write(greatest(p_one, p_other), gen_random_uuid(), p_payload);
END
$$;

-- A customer's organisation, made by the provider; who shall own it is invited afterwards.
CREATE FUNCTION organisation_found(p_provider uuid, p_id uuid, p_slug text, p_name text, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.assert_provider(p_provider);
  IF p_payload::jsonb ->> 'action' IS DISTINCT FROM 'organisation.created' THEN
    RAISE EXCEPTION 'no event of a new organisation' USING ERRCODE = '42501';
  END IF;
  INSERT INTO public.tenant (id, slug, name) VALUES (p_id, p_slug, p_name);
  PERFORM public.audit_write_both(p_provider, p_id, p_payload);
END
$$;
GRANT EXECUTE ON FUNCTION organisation_found(uuid, uuid, text, text, text) TO porthole_portal;

-- Suspends a customer's organisation or lets it go on; the triggers of `tenant` reach its consoles. False: it is so already.
CREATE FUNCTION organisation_suspend(p_provider uuid, p_customer uuid, p_suspend boolean, p_payload text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.assert_provider(p_provider);
  IF p_payload::jsonb ->> 'action' IS DISTINCT FROM
     (CASE WHEN p_suspend THEN 'organisation.suspended' ELSE 'organisation.resumed' END) THEN
    RAISE EXCEPTION 'no event of that' USING ERRCODE = '42501';
  END IF;
  UPDATE public.tenant t SET suspended_at = CASE WHEN p_suspend THEN clock_timestamp() END
    WHERE t.id = p_customer AND t.kind = 'customer' AND (t.suspended_at IS NULL) = p_suspend;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM public.bump_tenants(ARRAY[p_customer]);
  PERFORM public.audit_write_both(p_provider, p_customer, p_payload);
  RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION organisation_suspend(uuid, uuid, boolean, text) TO porthole_portal;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER mail_queued AFTER INSERT ON mail FOR EACH STATEMENT EXECUTE FUNCTION mail_queued();
