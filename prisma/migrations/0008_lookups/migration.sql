-- Small questions of the portal whose answers lie with other organisations, each answered no further than needed.

GRANT SELECT (state_since) ON pool TO porthole_door;

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- What a holder may know of the pools that its machines are in: a name and whether it is reached, nothing else
-- (architecture §3).
CREATE FUNCTION pools_of_holder(p_tenant uuid)
RETURNS TABLE (pool_id uuid, display_name text, state text, state_since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p_tenant IS DISTINCT FROM nullif(current_setting('app.tenant_id', true), '')::uuid THEN
    RAISE EXCEPTION 'pools of another organisation' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    SELECT p.id, p.display_name, p.state::text, p.state_since
    FROM public.pool p
    WHERE EXISTS (
      SELECT FROM public.vm v WHERE v.tenant_id = p_tenant AND v.pool_tenant_id = p.tenant_id AND v.pool_id = p.id);
END
$$;
GRANT EXECUTE ON FUNCTION pools_of_holder(uuid) TO porthole_portal;

-- The organisations of these names, for a provider that allots machines to them. Empty for everybody else, so that a
-- customer cannot ask who the other customers are.
CREATE FUNCTION tenants_named(p_slugs text[]) RETURNS TABLE (slug text, tenant_id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT t.slug, t.id FROM public.tenant t
  WHERE t.slug = ANY (p_slugs) AND EXISTS (
    SELECT FROM public.tenant asking
    WHERE asking.id = nullif(current_setting('app.tenant_id', true), '')::uuid AND asking.kind = 'provider')
$$;
GRANT EXECUTE ON FUNCTION tenants_named(text[]) TO porthole_portal;

-- Takes back what rate_take counted: a sign-in that succeeded was no try.
CREATE FUNCTION rate_give_back(p_key text, p_window_seconds int) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.rate_counter c SET count = c.count - 1
  WHERE c.key = 'rate|' || left(p_key, 200) AND c.count > 0
    AND c.window_start = to_timestamp(floor(extract(epoch FROM clock_timestamp()) / p_window_seconds) * p_window_seconds)
$$;
GRANT EXECUTE ON FUNCTION rate_give_back(text, int) TO porthole_portal;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;
