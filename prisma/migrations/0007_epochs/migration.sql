-- Withdrawal reaches live consoles: whatever can() may judge by raises the epoch of the organisation or the person, in
-- the transaction of the change. Relays and live pages compare epochs every second (architecture §3). NOTIFY only
-- hastens them: it carries an id, is never authority, and any role may send one.
--
-- Statement triggers with transition tables: one bump for a statement, however many rows, and none where only columns
-- changed that decide nothing (a machine's memory, the time it was last seen).

GRANT CREATE ON SCHEMA public TO porthole_door;
SET ROLE porthole_door;

-- In ascending order, so that two statements over the same organisations cannot wait for each other.
CREATE FUNCTION bump_tenants(p_tenants uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  FOR v_tenant IN SELECT DISTINCT t FROM unnest(p_tenants) t WHERE t IS NOT NULL ORDER BY t LOOP
    UPDATE public.tenant SET authority_epoch = authority_epoch + 1 WHERE id = v_tenant;
    PERFORM pg_notify('authority', v_tenant::text);
  END LOOP;
END
$$;

CREATE FUNCTION bump_persons(p_persons uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_person uuid;
BEGIN
  FOR v_person IN SELECT DISTINCT p FROM unnest(p_persons) p WHERE p IS NOT NULL ORDER BY p LOOP
    UPDATE public.person SET authority_epoch = authority_epoch + 1 WHERE id = v_person;
    PERFORM pg_notify('authority', v_person::text);
  END LOOP;
END
$$;

-- For tables whose rows matter to one organisation. TG_ARGV[0] lists the columns that decide something, the
-- organisation's first. An update touches every organisation that a changed row had or has.
CREATE FUNCTION tenant_authority_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_columns constant text := TG_ARGV[0];
  v_tenant constant text := split_part(TG_ARGV[0], ',', 1);
  v_tenants uuid[];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    EXECUTE format(
      'SELECT array_agg(DISTINCT %1$s) FROM ((SELECT %2$s FROM old_rows EXCEPT ALL SELECT %2$s FROM new_rows)
        UNION ALL (SELECT %2$s FROM new_rows EXCEPT ALL SELECT %2$s FROM old_rows)) AS changed', v_tenant, v_columns)
      INTO v_tenants;
  ELSIF TG_OP = 'INSERT' THEN
    EXECUTE format('SELECT array_agg(DISTINCT %s) FROM new_rows', v_tenant) INTO v_tenants;
  ELSE
    EXECUTE format('SELECT array_agg(DISTINCT %s) FROM old_rows', v_tenant) INTO v_tenants;
  END IF;
  PERFORM public.bump_tenants(v_tenants);
  RETURN NULL;
END
$$;

-- A pool that is taken away ends the consoles of every organisation that holds one of its machines.
CREATE FUNCTION pool_authority_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.bump_tenants((
    SELECT array_agg(DISTINCT v.tenant_id)
    FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
    JOIN public.vm v ON v.pool_tenant_id = n.tenant_id AND v.pool_id = n.id
    WHERE n.removed_at IS DISTINCT FROM o.removed_at));
  RETURN NULL;
END
$$;

-- The organisation itself: suspended or let go again.
CREATE FUNCTION tenant_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.bump_tenants((
    SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.suspended_at IS DISTINCT FROM o.suspended_at));
  RETURN NULL;
END
$$;

CREATE FUNCTION person_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM public.bump_persons((
    SELECT array_agg(n.id) FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE n.disabled_at IS DISTINCT FROM o.disabled_at OR n.password_hash IS DISTINCT FROM o.password_hash));
  RETURN NULL;
END
$$;

-- A login session that was ended, or whose end was moved into the past. Ordinary prolonging bumps nothing.
CREATE FUNCTION login_session_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM public.bump_persons((SELECT array_agg(o.person_id) FROM old_rows o));
  ELSE
    PERFORM public.bump_persons((
      SELECT array_agg(n.person_id) FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE n.expires_at < o.expires_at AND n.expires_at <= clock_timestamp()));
  END IF;
  RETURN NULL;
END
$$;

-- Hints for live pages: the list of machines of these holders looks different now.
CREATE FUNCTION inventory_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_tenant uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    FOR v_tenant IN SELECT DISTINCT n.tenant_id FROM new_rows n LOOP
      PERFORM pg_notify('inventory', v_tenant::text);
    END LOOP;
  ELSE
    FOR v_tenant IN
      SELECT DISTINCT unnest(ARRAY[n.tenant_id, o.tenant_id]) FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE (n.tenant_id, n.name, n.description, n.tags, n.power_state, n.operation, n.crashed_at, n.screen_console_ref,
             n.text_console_ref, n.screen_switched_off, n.memory_bytes, n.vcpus, n.os_name, n.addresses, n.started_at, n.gone_at)
        IS DISTINCT FROM
            (o.tenant_id, o.name, o.description, o.tags, o.power_state, o.operation, o.crashed_at, o.screen_console_ref,
             o.text_console_ref, o.screen_switched_off, o.memory_bytes, o.vcpus, o.os_name, o.addresses, o.started_at, o.gone_at)
    LOOP
      PERFORM pg_notify('inventory', v_tenant::text);
    END LOOP;
  END IF;
  RETURN NULL;
END
$$;

CREATE FUNCTION pools_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_pool uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    FOR v_pool IN SELECT n.id FROM new_rows n LOOP
      PERFORM pg_notify('pools', v_pool::text);
    END LOOP;
  ELSE
    FOR v_pool IN
      SELECT n.id FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
      WHERE (n.display_name, n.address, n.port, n.pin, n.state, n.state_reason, n.removed_at)
        IS DISTINCT FROM (o.display_name, o.address, o.port, o.pin, o.state, o.state_reason, o.removed_at)
    LOOP
      PERFORM pg_notify('pools', v_pool::text);
    END LOOP;
  END IF;
  RETURN NULL;
END
$$;

GRANT EXECUTE ON FUNCTION tenant_authority_changed(), pool_authority_changed(), tenant_changed(), person_changed(),
  login_session_changed(), inventory_changed(), pools_changed() TO porthole_owner;

RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM porthole_door;

-- A transition table allows one event and no column list to each trigger, hence three for each table.
DO $$
DECLARE
  v_table text;
  v_columns text;
BEGIN
  FOR v_table, v_columns IN VALUES
    ('access_grant', 'tenant_id,id,person_id,team_id,vm_id,tag,all_vms,role,ends_at,ended_at'),
    ('team_member', 'tenant_id,team_id,person_id'),
    ('membership', 'tenant_id,person_id,role'),
    ('emergency_lock', 'tenant_id,id,person_id,vm_id,pool_id,lifted_at'),
    ('tenant_policy', 'tenant_id,idle_timeout_ms,maximum_time_ms'),
    ('vm', 'tenant_id,id,tags,is_control_domain,gone_at')
  LOOP
    EXECUTE format('CREATE TRIGGER authority_insert AFTER INSERT ON public.%I REFERENCING NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION public.tenant_authority_changed(%L)', v_table, v_columns);
    EXECUTE format('CREATE TRIGGER authority_update AFTER UPDATE ON public.%I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
      FOR EACH STATEMENT EXECUTE FUNCTION public.tenant_authority_changed(%L)', v_table, v_columns);
    EXECUTE format('CREATE TRIGGER authority_delete AFTER DELETE ON public.%I REFERENCING OLD TABLE AS old_rows
      FOR EACH STATEMENT EXECUTE FUNCTION public.tenant_authority_changed(%L)', v_table, v_columns);
  END LOOP;
END
$$;

CREATE TRIGGER authority_update AFTER UPDATE ON pool REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION pool_authority_changed();
CREATE TRIGGER authority_update AFTER UPDATE ON tenant REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION tenant_changed();
CREATE TRIGGER authority_update AFTER UPDATE ON person REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION person_changed();
CREATE TRIGGER authority_update AFTER UPDATE ON login_session REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION login_session_changed();
CREATE TRIGGER authority_delete AFTER DELETE ON login_session REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION login_session_changed();

CREATE TRIGGER inventory_insert AFTER INSERT ON vm REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION inventory_changed();
CREATE TRIGGER inventory_update AFTER UPDATE ON vm REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION inventory_changed();
CREATE TRIGGER pools_insert AFTER INSERT ON pool REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION pools_changed();
CREATE TRIGGER pools_update AFTER UPDATE ON pool REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION pools_changed();
