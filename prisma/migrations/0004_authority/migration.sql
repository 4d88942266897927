-- What is true of a person in an organisation: the facts that can() of libs/rbac judges, loaded once and alike for the
-- portal and the relay (architecture §3).

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- The organisations of a person. The one question that must be asked before there is an organisation in context.
CREATE FUNCTION memberships_of(p_person uuid)
RETURNS TABLE (tenant_id uuid, slug text, name text, kind public.tenant_kind, role public.tenant_role, suspended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.slug, t.name, t.kind, m.role, t.suspended_at
  FROM public.membership m JOIN public.tenant t ON t.id = m.tenant_id
  WHERE m.person_id = p_person
  ORDER BY t.name, t.id
$$;
GRANT EXECUTE ON FUNCTION memberships_of(uuid) TO porthole_portal;

-- Whether a login session may still act: there, not past its end, and used within the last hour (security.md §8).
CREATE FUNCTION login_alive(p_session uuid, p_person uuid) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM public.login_session s
    WHERE s.id = p_session AND s.person_id = p_person AND s.expires_at > clock_timestamp()
      AND s.last_input_at > clock_timestamp() - interval '60 minutes')
$$;

CREATE FUNCTION authority_facts_of(p_tenant uuid, p_person uuid, p_login_session uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
    'now', clock_timestamp(),
    'tenant', jsonb_build_object('id', t.id, 'kind', t.kind, 'suspended', t.suspended_at IS NOT NULL, 'epoch', t.authority_epoch::text),
    'person', jsonb_build_object('id', p.id, 'name', p.name, 'disabled', p.disabled_at IS NOT NULL, 'epoch', p.authority_epoch::text),
    'sessionAlive', public.login_alive(p_login_session, p_person),
    'role', (SELECT m.role FROM public.membership m WHERE m.tenant_id = t.id AND m.person_id = p.id),
    'grants', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', g.id, 'role', g.role, 'team', team.name, 'endsAt', g.ends_at,
        'target', CASE
          WHEN g.vm_id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'vmId', g.vm_id)
          WHEN g.tag IS NOT NULL THEN jsonb_build_object('kind', 'tag', 'tag', g.tag)
          ELSE jsonb_build_object('kind', 'all') END) ORDER BY g.id), '[]')
      FROM public.access_grant g
      LEFT JOIN public.team ON team.tenant_id = g.tenant_id AND team.id = g.team_id
      WHERE g.tenant_id = t.id AND g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > clock_timestamp())
        AND (g.person_id = p.id OR g.team_id IN (
          SELECT tm.team_id FROM public.team_member tm WHERE tm.tenant_id = t.id AND tm.person_id = p.id))),
    'locks', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'target', CASE
          WHEN l.person_id IS NOT NULL THEN jsonb_build_object('kind', 'person', 'personId', l.person_id)
          WHEN l.vm_id IS NOT NULL THEN jsonb_build_object('kind', 'vm', 'vmId', l.vm_id)
          WHEN l.pool_id IS NOT NULL THEN jsonb_build_object('kind', 'pool', 'poolId', l.pool_id)
          ELSE jsonb_build_object('kind', 'tenant') END) ORDER BY l.id), '[]')
      FROM public.emergency_lock l
      WHERE l.tenant_id = t.id AND l.lifted_at IS NULL AND (l.person_id IS NULL OR l.person_id = p.id)),
    'policy', (
      SELECT jsonb_build_object('idleTimeoutMs', max(y.idle_timeout_ms), 'maximumTimeMs', max(y.maximum_time_ms))
      FROM public.tenant_policy y WHERE y.tenant_id = t.id))
  FROM public.tenant t, public.person p
  WHERE t.id = p_tenant AND p.id = p_person
$$;

-- The portal's way to the facts: only of the organisation in context.
CREATE FUNCTION authority_facts(p_tenant uuid, p_person uuid, p_login_session uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'authority of another organisation' USING ERRCODE = '42501';
  END IF;
  RETURN public.authority_facts_of(p_tenant, p_person, p_login_session);
END
$$;
GRANT EXECUTE ON FUNCTION authority_facts(uuid, uuid, uuid) TO porthole_portal;

-- Numbers that grow whenever something changed that can() may judge by; who holds live streams compares them.
CREATE FUNCTION authority_epochs(p_tenants uuid[], p_persons uuid[]) RETURNS TABLE (id uuid, epoch bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.id, t.authority_epoch FROM public.tenant t WHERE t.id = ANY (p_tenants)
  UNION ALL
  SELECT p.id, p.authority_epoch FROM public.person p WHERE p.id = ANY (p_persons)
$$;
GRANT EXECUTE ON FUNCTION authority_epochs(uuid[], uuid[]) TO porthole_portal, porthole_relay;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
