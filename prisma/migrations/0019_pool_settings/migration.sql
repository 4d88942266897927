-- What an operator changes about a pool after it was added, what the worker found out about it, and what it would cut.

ALTER TABLE "pool"
  -- A checked value that goes with the reason, such as the coordinator's address; never a host's words.
  ADD COLUMN "state_detail" TEXT,
  -- What the account may do there, as the pool itself says (xenapi.md §2.5); null before the first sign-in.
  ADD COLUMN "account_superuser" BOOLEAN,
  ADD COLUMN "account_lacks" TEXT[],
  ADD CONSTRAINT "pool_state_detail" CHECK (char_length(state_detail) <= 255 AND state_reason IS NOT NULL
    OR state_detail IS NULL);
-- Why the worker can't vouch for a host or doesn't reach it: a code of ours; null while all is well or not yet asked.
ALTER TABLE "host" ADD COLUMN "reach_failure" TEXT;

-- Pages ask for what has changed of a list since they read it.
CREATE INDEX "vm_tenant_id_seen_at_idx" ON "vm"("tenant_id", "seen_at");

GRANT UPDATE (state_detail) ON pool TO porthole_portal;
GRANT UPDATE (state_detail, account_superuser, account_lacks) ON pool TO porthole_worker;
GRANT UPDATE (reach_failure) ON host TO porthole_worker;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- Pausing takes effect with its commit, as removing does (0009): no relay finds a sealed session any more, and every live
-- console of its machines is judged again, with a reason of its own.
CREATE FUNCTION pool_paused() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.host_session s
    USING public.host h, new_rows n, old_rows o
    WHERE o.tenant_id = n.tenant_id AND o.id = n.id AND o.state <> 'paused' AND n.state = 'paused'
      AND h.tenant_id = n.tenant_id AND h.pool_id = n.id AND s.tenant_id = h.tenant_id AND s.host_id = h.id;
  PERFORM public.bump_tenants((
    SELECT array_agg(DISTINCT v.tenant_id)
    FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    JOIN public.vm v ON v.pool_tenant_id = n.tenant_id AND v.pool_id = n.id
    WHERE o.state <> 'paused' AND n.state = 'paused'));
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION pool_paused() TO porthole_owner;

-- As in 0009, with what the worker says besides the state.
CREATE OR REPLACE FUNCTION pools_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    FOR v_tenant IN SELECT DISTINCT n.tenant_id FROM new_rows n LOOP
      PERFORM pg_notify('pools', v_tenant::text);
    END LOOP;
    RETURN NULL;
  END IF;
  FOR v_tenant IN
    SELECT DISTINCT n.tenant_id FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    WHERE (n.display_name, n.address, n.port, n.pin, n.state, n.state_reason, n.state_detail, n.removed_at, n.account_superuser,
        n.account_lacks)
      IS DISTINCT FROM (o.display_name, o.address, o.port, o.pin, o.state, o.state_reason, o.state_detail, o.removed_at,
        o.account_superuser, o.account_lacks)
  LOOP
    PERFORM pg_notify('pools', v_tenant::text);
  END LOOP;
  FOR v_tenant IN
    SELECT DISTINCT v.tenant_id
    FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    JOIN public.vm v ON v.pool_tenant_id = n.tenant_id AND v.pool_id = n.id
    WHERE (n.display_name, n.state) IS DISTINCT FROM (o.display_name, o.state)
  LOOP
    PERFORM pg_notify('inventory', v_tenant::text);
  END LOOP;
  RETURN NULL;
END
$$;

-- Hosts are on the pool's pages: a change that a person could see is told to its owner.
CREATE FUNCTION hosts_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  FOR v_tenant IN
    SELECT DISTINCT n.tenant_id FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    WHERE (n.name, n.address, n.override_address, n.override_port, n.is_coordinator, n.enabled, n.live, n.reach_failure)
      IS DISTINCT FROM
      (o.name, o.address, o.override_address, o.override_port, o.is_coordinator, o.enabled, o.live, o.reach_failure)
  LOOP
    PERFORM pg_notify('pools', v_tenant::text);
  END LOOP;
  RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION hosts_changed() TO porthole_owner;

-- As in 0014; and whether the pool was paused, which ends a console for a reason of its own.
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
    'loginRanOut', EXISTS (
      SELECT FROM public.login_session l WHERE l.id = p_seat.login_session_id AND l.person_id = p_seat.person_id
        AND (l.expires_at <= clock_timestamp() OR l.last_input_at <= clock_timestamp() - interval '60 minutes')),
    'grantEnded', (
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
      ORDER BY e.at DESC LIMIT 1))
$$;

-- As in 0011; a pool that is paused keeps no console alive.
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
        AND NOT EXISTS (SELECT FROM public.emergency_lock l WHERE l.tenant_id = h.tenant_id AND l.lifted_at IS NULL
          AND l.person_id IS NULL AND coalesce(l.vm_id, v.id) = v.id AND coalesce(l.pool_id, v.pool_id) = v.pool_id)))
  RETURNING h.id
$$;

-- What would be cut by removing or pausing a pool, in numbers alone: its machines may be other organisations', and who
-- sits there is theirs to know. For its owner only.
CREATE FUNCTION pool_impact(p_tenant uuid, p_pool uuid)
RETURNS TABLE (machines bigint, organisations bigint, consoles bigint, persons bigint, grants bigint, operations bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'a pool of another organisation' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    WITH held AS (
      SELECT v.tenant_id, v.id, v.is_control_domain FROM public.vm v
      WHERE v.pool_tenant_id = p_tenant AND v.pool_id = p_pool AND v.gone_at IS NULL)
    SELECT count(*) FILTER (WHERE NOT h.is_control_domain),
      count(DISTINCT h.tenant_id) FILTER (WHERE h.tenant_id <> p_tenant),
      (SELECT count(*) FROM public.console_seat s JOIN held a ON a.tenant_id = s.tenant_id AND a.id = s.vm_id
        WHERE s.closed_at IS NULL),
      (SELECT count(DISTINCT s.person_id) FROM public.console_seat s
        JOIN held a ON a.tenant_id = s.tenant_id AND a.id = s.vm_id WHERE s.closed_at IS NULL),
      (SELECT count(*) FROM public.access_grant g JOIN held a ON a.tenant_id = g.tenant_id AND a.id = g.vm_id
        WHERE g.ended_at IS NULL AND coalesce(g.ends_at, 'infinity') > clock_timestamp()),
      (SELECT count(*) FROM public.power_operation w JOIN held a ON a.tenant_id = w.tenant_id AND a.id = w.vm_id
        WHERE w.finished_at IS NULL)
    FROM held h;
END
$$;
GRANT EXECUTE ON FUNCTION pool_impact(uuid, uuid) TO porthole_portal;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

CREATE TRIGGER pause_update AFTER UPDATE ON pool REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION pool_paused();
CREATE TRIGGER hosts_update AFTER UPDATE ON host REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION hosts_changed();
