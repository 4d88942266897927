-- Whose a machine is: ordered rules of its pool's owner by tag, folder or name, or a hand that overrules them (ADR 0016).
-- One function moves machines between organisations, and nothing else does.

CREATE TYPE "allotment_kind" AS ENUM ('tag', 'folder', 'name');

ALTER TABLE "vm"
  -- `other_config:folder` at the pool, '' for none. The owner's way to sort machines, not shown to holders.
  ADD COLUMN "folder" TEXT NOT NULL DEFAULT '',
  -- Somebody decided who holds it; the rules leave it alone.
  ADD COLUMN "by_hand" BOOLEAN NOT NULL DEFAULT false,
  ADD CONSTRAINT "vm_folder_size" CHECK (char_length(folder) <= 500);
-- Grows with each change of rules or hands: who judges by older ones is told so and judges again.
ALTER TABLE "pool" ADD COLUMN "allotment_version" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "allotment" ADD COLUMN "kind" "allotment_kind", ADD COLUMN "pattern" TEXT;

-- Until now rules were for the first sight of a machine alone. What they would move from here on stays where it is, by hand:
-- nothing moves that nobody has seen.
ALTER TABLE "vm" NO FORCE ROW LEVEL SECURITY;
ALTER TABLE "allotment" NO FORCE ROW LEVEL SECURITY;
UPDATE "vm" SET "by_hand" = true
  WHERE NOT "is_control_domain" AND "tenant_id" <> coalesce((
    SELECT a.holder_tenant_id FROM "allotment" a
    WHERE a.tenant_id = "vm".pool_tenant_id AND a.pool_id = "vm".pool_id AND (a.tag IS NULL OR a.tag = ANY ("vm".tags))
    ORDER BY a.position LIMIT 1), "pool_tenant_id");
-- A rule without a tag was for every machine.
UPDATE "allotment" SET "kind" = (CASE WHEN "tag" IS NULL THEN 'name' ELSE 'tag' END)::"allotment_kind", "pattern" = coalesce("tag", '*');
ALTER TABLE "vm" FORCE ROW LEVEL SECURITY;
ALTER TABLE "allotment" FORCE ROW LEVEL SECURITY;
ALTER TABLE "allotment"
  ALTER COLUMN "kind" SET NOT NULL,
  ALTER COLUMN "pattern" SET NOT NULL,
  DROP COLUMN "tag",
  ADD CONSTRAINT "allotment_pattern" CHECK (char_length(pattern) BETWEEN 1 AND 200);

GRANT UPDATE (folder) ON vm TO porthole_worker;
GRANT UPDATE (tenant_id, by_hand) ON vm TO porthole_door;
GRANT SELECT (allotment_version), UPDATE (allotment_version) ON pool TO porthole_door;
GRANT DELETE ON access_grant TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Rules were written or taken away: the worker that watches the pool judges its machines anew.
CREATE FUNCTION allotment_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  UPDATE public.pool p SET allotment_version = p.allotment_version + 1
    WHERE (p.tenant_id, p.id) IN (SELECT r.tenant_id, r.pool_id FROM changed_rows r);
  FOR v_tenant IN SELECT DISTINCT r.tenant_id FROM changed_rows r LOOP
    PERFORM pg_notify('pools', v_tenant::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION allotment_changed() TO porthole_owner;

-- Gives machines of one pool to their holders, in one transaction with the end of all that stood on the old holding: grants,
-- passes, power operations that were not sent; live consoles end as the epochs of both organisations grow. Each of
-- `p_moves` is {"vm", "to", "hand"}: hand true keeps the machine there whatever the rules say, false gives it back to them, null is
-- a rule's word, which a hand overrules. Gives what holds now of each machine that was named.
--
-- Raises PH404 where the pool is not there, PH412 where rules or hands have changed since `p_version`.
--
-- Locks, in this order everywhere: the pool, organisations ascending, machines by id, what stands on them, heads of chains
-- ascending. The worker writes machines of a pool under the pool's lock too.
CREATE FUNCTION vms_allot(p_tenant uuid, p_pool uuid, p_version int, p_moves jsonb, p_actor jsonb, p_ip text)
RETURNS TABLE (vm_id uuid, holder_id uuid, is_by_hand boolean, has_moved boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_version int;
  v_is_provider boolean;
  v_named uuid[];
  v_moves jsonb;
  v_moved uuid[];
  v_old uuid[];
  v_grants jsonb;
  v_operations jsonb;
  v_provider constant jsonb := '{"personId": null, "name": "provider", "kind": "system"}';
  v_row record;
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'machines of another organisation''s pool' USING ERRCODE = '42501';
  END IF;
  IF jsonb_array_length(p_moves) > 500 THEN
    RAISE EXCEPTION 'more than 500 machines at once' USING ERRCODE = '22023';
  END IF;
  SELECT p.allotment_version INTO v_version FROM public.pool p
    WHERE p.tenant_id = p_tenant AND p.id = p_pool AND p.removed_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such pool' USING ERRCODE = 'PH404';
  END IF;
  IF v_version <> p_version THEN
    RAISE EXCEPTION 'rules or hands have changed' USING ERRCODE = 'PH412';
  END IF;
  SELECT array_agg(m.vm) INTO v_named FROM jsonb_to_recordset(p_moves) AS m (vm uuid);
  PERFORM FROM public.tenant t
    WHERE t.id = p_tenant OR t.id IN (SELECT m."to" FROM jsonb_to_recordset(p_moves) AS m ("to" uuid))
      OR t.id IN (SELECT v.tenant_id FROM public.vm v WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (v_named))
    ORDER BY t.id FOR NO KEY UPDATE;
  PERFORM FROM public.vm v WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (v_named)
    ORDER BY v.id FOR UPDATE;
  SELECT t.kind = 'provider' INTO STRICT v_is_provider FROM public.tenant t WHERE t.id = p_tenant;
  -- Only a provider gives machines away; control domains stay, and so does what is gone until it comes back.
  SELECT coalesce(jsonb_agg(m), '[]') INTO v_moves
    FROM jsonb_array_elements(p_moves) m
    JOIN public.vm v ON v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = (m ->> 'vm')::uuid
    JOIN public.tenant t ON t.id = (m ->> 'to')::uuid
    WHERE v.gone_at IS NULL AND (m ->> 'hand' IS NOT NULL OR NOT v.by_hand)
      AND (t.id = p_tenant OR (v_is_provider AND NOT v.is_control_domain));
  SELECT array_agg(v.id ORDER BY v.id), array_agg(v.tenant_id ORDER BY v.id) INTO v_moved, v_old
    FROM jsonb_to_recordset(v_moves) AS m (vm uuid, "to" uuid)
    JOIN public.vm v ON v.id = m.vm
    WHERE v.tenant_id <> m."to";

  WITH ended AS (
    UPDATE public.power_operation o SET step = 'failed', failure = 'gone', finished_at = clock_timestamp()
      FROM unnest(v_moved, v_old) AS x (id, old)
      WHERE o.tenant_id = x.old AND o.vm_id = x.id AND o.step = 'waiting'
      RETURNING o.*)
  SELECT jsonb_agg(jsonb_build_object('tenant', e.tenant_id, 'vm', e.vm_id, 'name', e.vm_name, 'data', jsonb_build_object(
      'operationId', e.id, 'act', e.act, 'why', 'gone',
      'ms', floor(extract(epoch FROM clock_timestamp() - e.created_at) * 1000)::bigint,
      'asker', jsonb_build_object('id', e.person_id, 'name', e.person_name))) ORDER BY e.created_at, e.id)
    INTO v_operations FROM ended e;
  WITH ended AS (
    DELETE FROM public.access_grant g USING unnest(v_moved, v_old) AS x (id, old)
      WHERE g.tenant_id = x.old AND g.vm_id = x.id
      RETURNING g.*)
  SELECT jsonb_agg(jsonb_build_object('tenant', e.tenant_id, 'vm', e.vm_id, 'name', v.name, 'data', jsonb_build_object(
      'grantId', e.id, 'role', e.role, 'reason', e.reason, 'why', 'machine-left',
      'endsAt', to_char(e.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'over', jsonb_build_object('kind', 'vm', 'id', v.id, 'name', v.name),
      'receiver', jsonb_build_object('kind', CASE WHEN e.team_id IS NULL THEN 'person' ELSE 'team' END,
        'id', coalesce(e.team_id, e.person_id), 'name', coalesce(team.name, who.name, '')))) ORDER BY e.vm_id, e.id)
    INTO v_grants
    FROM ended e
    JOIN public.vm v ON v.id = e.vm_id
    LEFT JOIN public.team ON team.tenant_id = e.tenant_id AND team.id = e.team_id
    LEFT JOIN public.person who ON who.id = e.person_id
    WHERE e.ended_at IS NULL AND coalesce(e.ends_at, 'infinity') > clock_timestamp();
  DELETE FROM public.console_ticket t USING unnest(v_moved, v_old) AS x (id, old) WHERE t.tenant_id = x.old AND t.vm_id = x.id;
  UPDATE public.vm v SET tenant_id = m."to", by_hand = coalesce(m.hand, v.by_hand)
    FROM jsonb_to_recordset(v_moves) AS m (vm uuid, "to" uuid, hand boolean)
    WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = m.vm
      AND (v.tenant_id, v.by_hand) IS DISTINCT FROM (m."to", coalesce(m.hand, v.by_hand));
  IF EXISTS (SELECT FROM jsonb_to_recordset(v_moves) AS m (hand boolean) WHERE m.hand IS NOT NULL) THEN
    UPDATE public.pool p SET allotment_version = p.allotment_version + 1 WHERE p.tenant_id = p_tenant AND p.id = p_pool;
  END IF;
  IF jsonb_array_length(v_moves) > 0 THEN
    PERFORM pg_notify('pools', p_tenant::text);
  END IF;

  -- The old holder reads that a machine left and not who has it; the new one that it came and not from whom; the owner all of it.
  PERFORM FROM public.audit_head h
    WHERE h.tenant_id = p_tenant OR h.tenant_id = ANY (v_old)
      OR h.tenant_id IN (SELECT m."to" FROM jsonb_to_recordset(p_moves) AS m ("to" uuid))
    ORDER BY h.tenant_id FOR UPDATE;
  FOR v_row IN
    SELECT e ->> 'tenant' AS tenant, 'power.failed' AS action, 'failed' AS outcome, e FROM jsonb_array_elements(v_operations) e
    UNION ALL
    SELECT e ->> 'tenant', 'grant.ended', 'ok', e FROM jsonb_array_elements(v_grants) e
  LOOP
    PERFORM public.audit_write(v_row.tenant::uuid, gen_random_uuid(), jsonb_build_object(
      'action', v_row.action, 'outcome', v_row.outcome, 'actor', v_provider,
      'target', jsonb_build_object('kind', 'vm', 'id', v_row.e ->> 'vm', 'name', v_row.e ->> 'name'),
      'data', v_row.e -> 'data')::text);
  END LOOP;
  FOR v_row IN
    SELECT v.name, x.id, x.old, v.tenant_id AS new, f.name AS old_name, t.name AS new_name, v.by_hand,
      jsonb_build_object('kind', 'vm', 'id', x.id, 'name', v.name) AS target,
      (SELECT count(*) FROM public.console_seat s
        WHERE s.tenant_id = x.old AND s.vm_id = x.id AND s.closed_at IS NULL) AS consoles,
      (SELECT count(*) FROM jsonb_array_elements(v_grants) g WHERE g ->> 'vm' = x.id::text) AS grants
    FROM unnest(v_moved, v_old) AS x (id, old)
    JOIN public.vm v ON v.id = x.id
    JOIN public.tenant f ON f.id = x.old
    JOIN public.tenant t ON t.id = v.tenant_id
    ORDER BY v.name, x.id
  LOOP
    IF v_row.old <> p_tenant THEN
      PERFORM public.audit_write(v_row.old, gen_random_uuid(), jsonb_build_object(
        'action', 'vm.left', 'outcome', 'ok', 'actor', v_provider, 'target', v_row.target,
        'data', jsonb_build_object('consoles', v_row.consoles, 'grants', v_row.grants))::text);
    END IF;
    IF v_row.new <> p_tenant THEN
      PERFORM public.audit_write(v_row.new, gen_random_uuid(), jsonb_build_object(
        'action', 'vm.arrived', 'outcome', 'ok', 'actor', v_provider, 'target', v_row.target, 'data', '{}'::jsonb)::text);
    END IF;
    PERFORM public.audit_write(p_tenant, gen_random_uuid(), (jsonb_strip_nulls(jsonb_build_object(
      'action', 'vm.allotted', 'outcome', 'ok', 'ip', p_ip)) || jsonb_build_object('actor', p_actor, 'target', v_row.target,
      'data', jsonb_build_object('poolId', p_pool,
        'from', jsonb_build_object('id', v_row.old, 'name', v_row.old_name),
        'to', jsonb_build_object('id', v_row.new, 'name', v_row.new_name),
        'why', CASE WHEN v_row.by_hand THEN 'hand' ELSE 'rule' END,
        'consoles', v_row.consoles, 'grants', v_row.grants)))::text);
  END LOOP;

  RETURN QUERY
    SELECT v.id, v.tenant_id, v.by_hand, v.id = ANY (coalesce(v_moved, '{}'))
    FROM public.vm v WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (v_named);
END
$$;
GRANT EXECUTE ON FUNCTION vms_allot(uuid, uuid, int, jsonb, jsonb, text) TO porthole_portal, porthole_worker;

-- Who is hit if these machines move now, in numbers alone: who sits there is for their own organisation to know. For the
-- owner of the pool.
CREATE FUNCTION allotment_impact(p_tenant uuid, p_pool uuid, p_vms uuid[])
RETURNS TABLE (vm_id uuid, persons int, grants int, operations int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'machines of another organisation''s pool' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    WITH held AS (
      SELECT v.tenant_id, v.id FROM public.vm v
      WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (p_vms)),
    s AS (SELECT h.id, count(DISTINCT x.person_id)::int AS n FROM held h
      JOIN public.console_seat x ON x.tenant_id = h.tenant_id AND x.vm_id = h.id AND x.closed_at IS NULL GROUP BY h.id),
    g AS (SELECT h.id, count(*)::int AS n FROM held h
      JOIN public.access_grant x ON x.tenant_id = h.tenant_id AND x.vm_id = h.id AND x.ended_at IS NULL
        AND coalesce(x.ends_at, 'infinity') > clock_timestamp() GROUP BY h.id),
    o AS (SELECT h.id, count(*)::int AS n FROM held h
      JOIN public.power_operation x ON x.tenant_id = h.tenant_id AND x.vm_id = h.id AND x.step = 'waiting' GROUP BY h.id)
    SELECT h.id, coalesce(s.n, 0), coalesce(g.n, 0), coalesce(o.n, 0)
    FROM held h LEFT JOIN s ON s.id = h.id LEFT JOIN g ON g.id = h.id LEFT JOIN o ON o.id = h.id
    WHERE coalesce(s.n, g.n, o.n) IS NOT NULL;
END
$$;
GRANT EXECUTE ON FUNCTION allotment_impact(uuid, uuid, uuid[]) TO porthole_portal;

-- The people at these machines' consoles, each counted once.
CREATE FUNCTION allotment_persons(p_tenant uuid, p_pool uuid, p_vms uuid[]) RETURNS int
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT count(DISTINCT s.person_id)::int
  FROM public.vm v JOIN public.console_seat s ON s.tenant_id = v.tenant_id AND s.vm_id = v.id AND s.closed_at IS NULL
  WHERE p_tenant = nullif(current_setting('app.tenant_id', true), '')::uuid
    AND v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.id = ANY (p_vms)
$$;
GRANT EXECUTE ON FUNCTION allotment_persons(uuid, uuid, uuid[]) TO porthole_portal;

-- The organisations that machines can go to: by id, or those whose name has these letters, the first by name. Empty for
-- everybody but a provider, so that a customer cannot ask who the other customers are.
CREATE FUNCTION tenants_to_hold(p_ids uuid[], p_query text, p_limit int) RETURNS TABLE (tenant_id uuid, slug text, name text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.slug, t.name FROM public.tenant t
  WHERE (t.id = ANY (p_ids) OR (p_ids IS NULL AND strpos(lower(t.name || ' ' || t.slug), lower(p_query)) > 0))
    AND EXISTS (
      SELECT FROM public.tenant asking
      WHERE asking.id = nullif(current_setting('app.tenant_id', true), '')::uuid AND asking.kind = 'provider')
  ORDER BY lower(t.name), t.id LIMIT least(p_limit, 500)
$$;
GRANT EXECUTE ON FUNCTION tenants_to_hold(uuid[], text, int) TO porthole_portal;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER rules_insert AFTER INSERT ON allotment REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION allotment_changed();
CREATE TRIGGER rules_update AFTER UPDATE ON allotment REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION allotment_changed();
CREATE TRIGGER rules_delete AFTER DELETE ON allotment REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION allotment_changed();
