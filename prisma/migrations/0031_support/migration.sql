-- Support grants and emergency locks (ADR 0027): the provider's people come into an organisation by a grant of that
-- organisation alone, for an hour at most; and who may lock what, with words of its own.

-- ------------------------------------------------------------------------------------------------ support grants

-- One row from the asking, or the offer, to its end, and history afterwards: names are copies, and people are no references.
CREATE TABLE "support_grant" (
    "tenant_id" UUID NOT NULL,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    -- Whose people ask; null while the organisation offers and nobody has come.
    "provider_id" UUID,
    "reason" TEXT NOT NULL,
    "rights" TEXT[] NOT NULL,
    "length_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    -- Unanswered until then, it has ended by itself.
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    -- Whom it lets in: who asked, or the first who came.
    "person_id" UUID,
    "person_name" TEXT,
    -- Who of the organisation gave it.
    "given_at" TIMESTAMPTZ(3),
    "given_by" UUID,
    "given_name" TEXT,
    "ends_at" TIMESTAMPTZ(3),
    "entered_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" UUID,
    "ended_name" TEXT,
    -- What who refused it wrote.
    "answer" TEXT,

    CONSTRAINT "support_grant_pkey" PRIMARY KEY ("tenant_id","id"),
    CONSTRAINT "support_grant_words" CHECK (char_length(reason) BETWEEN 1 AND 500 AND char_length(answer) <= 500),
    CONSTRAINT "support_grant_rights" CHECK ('look' = ANY (rights) AND rights <@ ARRAY['look', 'type']),
    CONSTRAINT "support_grant_length" CHECK (length_ms BETWEEN 60000 AND 3600000),
    CONSTRAINT "support_grant_wait" CHECK (expires_at <= created_at + interval '1 day'),
    CONSTRAINT "support_grant_person" CHECK (num_nulls(person_id, person_name) IN (0, 2)
      AND (person_id IS NULL OR provider_id IS NOT NULL)),
    -- Nobody gives it to themself, and it never lasts longer than an hour.
    CONSTRAINT "support_grant_given" CHECK (num_nulls(given_at, given_by, given_name, ends_at) IN (0, 4)
      AND (given_by IS NULL OR person_id IS NULL OR given_by <> person_id)
      AND (ends_at IS NULL OR ends_at <= given_at + interval '1 hour')),
    CONSTRAINT "support_grant_entered" CHECK (entered_at IS NULL
      OR (given_at IS NOT NULL AND person_id IS NOT NULL AND entered_at < ends_at)),
    CONSTRAINT "support_grant_end" CHECK (num_nulls(ended_by, ended_name) IN (0, 2)
      AND (ended_at IS NOT NULL OR num_nonnulls(ended_by, answer) = 0))
);
CREATE INDEX "support_grant_of_time" ON "support_grant"("tenant_id", "created_at" DESC);
-- One open request of a person in an organisation: two clicks ask once.
CREATE UNIQUE INDEX "support_grant_asked_once" ON "support_grant"("tenant_id", "person_id") WHERE ended_at IS NULL AND given_at IS NULL;
CREATE INDEX "support_grant_inside" ON "support_grant"("person_id") WHERE ended_at IS NULL AND entered_at IS NOT NULL;
ALTER TABLE "support_grant"
  ADD CONSTRAINT "support_grant_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

ALTER TABLE "support_grant" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "support_grant" FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON "support_grant" USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
GRANT SELECT, INSERT (tenant_id, id, provider_id, reason, rights, length_ms, created_at, expires_at, person_id, person_name, given_at,
    given_by, given_name, ends_at),
  UPDATE (provider_id, rights, length_ms, person_id, person_name, given_at, given_by, given_name, ends_at, entered_at, ended_at,
    ended_by, ended_name, answer) ON support_grant TO porthole_portal;
GRANT SELECT, UPDATE (ended_at) ON support_grant TO porthole_door;

-- ------------------------------------------------------------------------------------------------ emergency locks

-- What is locked and by whom, as history reads it, and why it was lifted. A lock of the provider's over an organisation stands
-- among that organisation's, marked: the provider alone lifts it.
ALTER TABLE "emergency_lock"
  ADD COLUMN "by_provider" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "target_name" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "created_name" TEXT,
  ADD COLUMN "lifted_name" TEXT,
  ADD COLUMN "lift_reason" TEXT NOT NULL DEFAULT '',
  ADD CONSTRAINT "emergency_lock_lift_reason" CHECK (char_length(lift_reason) <= 500),
  ADD CONSTRAINT "emergency_lock_of_provider" CHECK (NOT by_provider OR num_nonnulls(person_id, team_id, vm_id, pool_id) = 0);
-- As in 0030: one living lock for each thing; the provider's over an organisation beside that organisation's own.
DROP INDEX "emergency_lock_once";
CREATE UNIQUE INDEX "emergency_lock_once" ON "emergency_lock" (
    tenant_id, by_provider, coalesce(person_id, team_id, vm_id, pool_id, tenant_id)) WHERE lifted_at IS NULL;
GRANT UPDATE (lifted_name, lift_reason) ON emergency_lock TO porthole_portal;

-- ------------------------------------------------------------------------------------------------------- mail

DO $$
DECLARE
  v_before text;
BEGIN
  SELECT pg_get_expr(c.conbin, c.conrelid) INTO STRICT v_before FROM pg_constraint c
    WHERE c.conrelid = 'public.mail'::regclass AND c.conname = 'mail_kind';
  ALTER TABLE public.mail DROP CONSTRAINT mail_kind;
  EXECUTE format('ALTER TABLE public.mail ADD CONSTRAINT mail_kind CHECK ((%s) OR kind IN (%s))', v_before,
    '''support-asked'', ''support-entered''');
END
$$;

-- -------------------------------------------------------------------------------------------- who may do what

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Whether somebody still is one of those whom the provider sends.
CREATE FUNCTION is_supporter(p_provider uuid, p_person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.membership m JOIN public.tenant t ON t.id = m.tenant_id AND t.kind = 'provider'
    WHERE m.tenant_id = p_provider AND m.person_id = p_person AND m.role IN ('owner', 'operator', 'support'))
$$;

-- The grant by which a person is inside an organisation that they are no member of; nothing where there is none.
CREATE FUNCTION support_inside(p_tenant uuid, p_person uuid) RETURNS SETOF public.support_grant
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT g.* FROM public.support_grant g
  WHERE g.tenant_id = p_tenant AND g.person_id = p_person AND g.entered_at IS NOT NULL AND g.ended_at IS NULL
    AND g.ends_at > clock_timestamp() AND public.is_supporter(g.provider_id, p_person)
    AND NOT EXISTS (SELECT FROM public.membership m WHERE m.tenant_id = p_tenant AND m.person_id = p_person)
  ORDER BY g.ends_at DESC LIMIT 1
$$;

-- As in 0004, and those that a person is in as the provider's support.
CREATE OR REPLACE FUNCTION memberships_of(p_person uuid)
RETURNS TABLE (tenant_id uuid, slug text, name text, kind public.tenant_kind, role public.tenant_role, suspended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.slug, t.name, t.kind, m.role, t.suspended_at
  FROM public.membership m JOIN public.tenant t ON t.id = m.tenant_id
  WHERE m.person_id = p_person
  UNION ALL
  SELECT t.id, t.slug, t.name, t.kind, 'support', t.suspended_at
  FROM public.tenant t
  WHERE t.id IN (SELECT g.tenant_id FROM public.support_grant g
      WHERE g.person_id = p_person AND g.entered_at IS NOT NULL AND g.ended_at IS NULL)
    AND EXISTS (SELECT FROM public.support_inside(t.id, p_person))
  ORDER BY 3, 1
$$;

-- What is true of a member, as before; and of who is inside as support. A pool's locks are its owner's to set, and hold for
-- whoever holds one of its machines.
ALTER FUNCTION authority_facts_of(uuid, uuid, uuid) RENAME TO member_facts_of;
CREATE FUNCTION authority_facts_of(p_tenant uuid, p_person uuid, p_login_session uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.facts || jsonb_build_object(
    'support', (
      SELECT jsonb_build_object('grantId', s.id, 'rights', to_jsonb(s.rights), 'endsAt', s.ends_at)
      FROM public.support_inside(p_tenant, p_person) s),
    'locks', (f.facts -> 'locks') || (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'target',
        jsonb_build_object('kind', 'pool', 'poolId', l.pool_id)) ORDER BY l.id), '[]')
      FROM public.emergency_lock l
      WHERE l.pool_id IS NOT NULL AND l.lifted_at IS NULL AND l.tenant_id <> p_tenant AND EXISTS (
        SELECT FROM public.vm v
        WHERE v.tenant_id = p_tenant AND v.pool_tenant_id = l.tenant_id AND v.pool_id = l.pool_id)))
  FROM (SELECT public.member_facts_of(p_tenant, p_person, p_login_session) AS facts) f
  WHERE f.facts IS NOT NULL
$$;

-- What a console's end is told by, as before; for who sat there as support it is that grant's end.
ALTER FUNCTION seat_around_of(public.console_seat) RENAME TO member_seat_around_of;
CREATE FUNCTION seat_around_of(p_seat public.console_seat) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT public.member_seat_around_of(p_seat) || coalesce((
    SELECT jsonb_build_object('grantEnded', jsonb_build_object('at', coalesce(g.ended_at, g.ends_at), 'by', g.ended_name,
      'planned', g.ended_at IS NULL))
    FROM public.support_grant g
    WHERE g.tenant_id = p_seat.tenant_id AND g.person_id = p_seat.person_id AND g.entered_at <= p_seat.opened_at
      AND coalesce(g.ended_at, g.ends_at) BETWEEN p_seat.opened_at AND clock_timestamp()
    ORDER BY coalesce(g.ended_at, g.ends_at) DESC LIMIT 1), '{}')
$$;

-- As in 0019; a lock of a team is no lock of a machine, and a pool that its owner locked keeps no console alive.
CREATE OR REPLACE FUNCTION hubs_renew(p_relay text, p_hubs uuid[]) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.console_hub h SET lease_until = clock_timestamp() + interval '15 seconds'
  WHERE h.id = ANY (p_hubs) AND h.relay_id = p_relay AND h.ended_at IS NULL AND (
    EXISTS (SELECT FROM public.console_seat s WHERE s.tenant_id = h.tenant_id AND s.hub_id = h.id AND s.closed_at IS NULL)
    OR EXISTS (
      SELECT FROM public.vm v
      JOIN public.tenant t ON t.id = v.tenant_id AND t.suspended_at IS NULL
      JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id AND p.removed_at IS NULL
        AND p.state <> 'paused'
      WHERE v.tenant_id = h.tenant_id AND v.id = h.vm_id AND v.gone_at IS NULL
        AND NOT EXISTS (SELECT FROM public.tenant_policy y WHERE y.tenant_id = h.tenant_id AND y.text_kept_ms = 0)
        AND NOT EXISTS (SELECT FROM public.emergency_lock l WHERE l.lifted_at IS NULL
          AND ((l.tenant_id = h.tenant_id AND num_nonnulls(l.person_id, l.team_id) = 0
              AND coalesce(l.vm_id, v.id) = v.id AND coalesce(l.pool_id, v.pool_id) = v.pool_id)
            OR (l.tenant_id = v.pool_tenant_id AND l.pool_id = v.pool_id)))))
  RETURNING h.id
$$;

-- The rule that no code can forget: who runs the organisation gives, and who is the provider's comes.
CREATE FUNCTION support_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_provider uuid;
BEGIN
  IF NEW.given_by IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.given_by IS DISTINCT FROM OLD.given_by) AND NOT EXISTS (
      SELECT FROM public.membership m
      WHERE m.tenant_id = NEW.tenant_id AND m.person_id = NEW.given_by AND m.role IN ('owner', 'admin')) THEN
    RAISE EXCEPTION 'support is given by who runs the organisation' USING ERRCODE = '42501';
  END IF;
  IF NEW.person_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.person_id IS DISTINCT FROM OLD.person_id
      OR NEW.entered_at IS DISTINCT FROM OLD.entered_at) AND NOT public.is_supporter(NEW.provider_id, NEW.person_id) THEN
    RAISE EXCEPTION 'support is of the provider''s people' USING ERRCODE = '42501';
  END IF;
  PERFORM public.bump_tenants(ARRAY[NEW.tenant_id]);
  FOR v_provider IN SELECT t.id FROM public.tenant t WHERE t.kind = 'provider'
      AND (t.id = NEW.provider_id OR NEW.provider_id IS NULL) LOOP
    PERFORM pg_notify('requests', v_provider::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION support_changed() TO porthole_owner;

-- Who leaves the provider, or is given a role that helps nobody, is inside nowhere.
CREATE FUNCTION supporter_left() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_grant public.support_grant;
BEGIN
  FOR v_grant IN
    UPDATE public.support_grant g SET ended_at = clock_timestamp()
      WHERE g.provider_id = OLD.tenant_id AND g.person_id = OLD.person_id AND g.ended_at IS NULL
        AND coalesce(g.ends_at, g.expires_at) > clock_timestamp() AND NOT public.is_supporter(OLD.tenant_id, OLD.person_id)
      RETURNING g.*
  LOOP
    PERFORM public.audit_write(v_grant.tenant_id, gen_random_uuid(), jsonb_build_object(
      'action', 'support.ended', 'outcome', 'ok',
      'actor', jsonb_build_object('personId', NULL, 'name', 'provider', 'kind', 'system'),
      'target', jsonb_build_object('kind', 'organisation', 'id', v_grant.tenant_id, 'name', NULL),
      'data', jsonb_build_object('grantId', v_grant.id, 'why', 'left-provider', 'consoles', 0,
        'receiver', jsonb_build_object('kind', 'person', 'id', v_grant.person_id, 'name', v_grant.person_name)))::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION supporter_left() TO porthole_owner;

-- A lock over a pool reaches the consoles of everybody who holds one of its machines.
CREATE FUNCTION pool_lock_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.bump_tenants((
    SELECT array_agg(DISTINCT v.tenant_id) FROM public.vm v
    WHERE v.pool_tenant_id = NEW.tenant_id AND v.pool_id = NEW.pool_id AND v.tenant_id <> NEW.tenant_id));
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION pool_lock_changed() TO porthole_owner;

-- The grants that a provider's people asked for or may take, by organisation; and none of another provider's.
CREATE FUNCTION support_of_provider(p_provider uuid) RETURNS TABLE (slug text, org text, given jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.assert_provider(p_provider);
  RETURN QUERY
    SELECT t.slug, t.name, to_jsonb(g)
    FROM public.support_grant g JOIN public.tenant t ON t.id = g.tenant_id
    WHERE (g.provider_id = p_provider OR (g.provider_id IS NULL AND g.ended_at IS NULL))
      AND g.created_at > clock_timestamp() - interval '30 days'
    ORDER BY g.created_at DESC, g.id LIMIT 200;
END
$$;
GRANT EXECUTE ON FUNCTION support_of_provider(uuid) TO porthole_portal;

-- The provider's own locks over organisations, the newest first: those that live and those of the last weeks.
CREATE FUNCTION locks_of_provider(p_provider uuid) RETURNS TABLE (org text, lock jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.assert_provider(p_provider);
  RETURN QUERY
    SELECT t.name, to_jsonb(l)
    FROM public.emergency_lock l JOIN public.tenant t ON t.id = l.tenant_id
    WHERE l.by_provider AND coalesce(l.lifted_at, clock_timestamp()) > clock_timestamp() - interval '90 days'
    ORDER BY l.created_at DESC, l.id LIMIT 200;
END
$$;
GRANT EXECUTE ON FUNCTION locks_of_provider(uuid) TO porthole_portal;

-- Locks of pools that reach an organisation without being its own: a pool's name and since when, no more.
CREATE FUNCTION pool_locks_of_holder(p_tenant uuid) RETURNS TABLE (lock_id uuid, display_name text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'locks of another organisation' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    SELECT l.id, p.display_name, l.created_at
    FROM public.emergency_lock l JOIN public.pool p ON p.tenant_id = l.tenant_id AND p.id = l.pool_id
    WHERE l.lifted_at IS NULL AND l.tenant_id <> p_tenant AND EXISTS (
      SELECT FROM public.vm v WHERE v.tenant_id = p_tenant AND v.pool_tenant_id = l.tenant_id AND v.pool_id = l.pool_id);
END
$$;
GRANT EXECUTE ON FUNCTION pool_locks_of_holder(uuid) TO porthole_portal;

-- Writes what support did, or a lock that is not one organisation's affair, into each chain that it concerns, ascending: the one
-- in context, the provider's, and those of whoever holds a machine of the pool.
CREATE FUNCTION audit_append_sides(p_own uuid, p_provider uuid, p_pool uuid, p_payload text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF p_own IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid
     OR coalesce(p_payload::jsonb ->> 'action', '') NOT IN ('support.asked', 'support.given', 'support.refused', 'support.entered',
       'support.ended', 'lock.set', 'lock.lifted') THEN
    RAISE EXCEPTION 'no event of two sides' USING ERRCODE = '42501';
  END IF;
  FOR v_tenant IN
    SELECT p_own
    UNION SELECT t.id FROM public.tenant t WHERE t.kind = 'provider' AND t.id = p_provider
    UNION SELECT v.tenant_id FROM public.vm v WHERE v.pool_tenant_id = p_own AND v.pool_id = p_pool
    ORDER BY 1
  LOOP
    PERFORM public.audit_write(v_tenant, gen_random_uuid(), p_payload);
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION audit_append_sides(uuid, uuid, uuid, text) TO porthole_portal;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER support_changed AFTER INSERT OR UPDATE ON support_grant FOR EACH ROW EXECUTE FUNCTION support_changed();
CREATE TRIGGER supporter_left AFTER UPDATE OF role OR DELETE ON membership FOR EACH ROW EXECUTE FUNCTION supporter_left();
CREATE TRIGGER pool_lock_changed AFTER INSERT OR UPDATE OF lifted_at ON emergency_lock FOR EACH ROW
  WHEN (NEW.pool_id IS NOT NULL) EXECUTE FUNCTION pool_lock_changed();
