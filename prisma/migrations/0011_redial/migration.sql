-- A relay that dials a console again says why its line was lost, as far as the pool says what is under way.

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

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
        (SELECT y.allowed_cidrs FROM public.tenant_policy y WHERE y.tenant_id = v.pool_tenant_id), '{}')))
  FROM public.vm v
  JOIN public.pool p ON p.tenant_id = v.pool_tenant_id AND p.id = v.pool_id
  LEFT JOIN public.host h ON h.tenant_id = v.pool_tenant_id AND h.id = v.resident_host_id
  LEFT JOIN public.host_session s ON s.tenant_id = h.tenant_id AND s.host_id = h.id
  WHERE v.tenant_id = p_tenant AND v.id = p_vm
$$;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
