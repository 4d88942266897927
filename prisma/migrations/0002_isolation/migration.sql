-- Who sees which rows, and who may do what with which columns.
--
-- Tenant tables: row-level security, forced, one policy on the organisation in context. `nullif` matters: after a
-- transaction the setting reads '' and not NULL, and ''::uuid would be an error instead of no rows (security.md §6).
-- Identity tables: a policy for the portal alone. Platform tables: grants alone.
-- Roles are made by prisma/roles.sql.

-- Nothing is open to everybody: not the schema, not what later migrations add.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO porthole_portal, porthole_relay, porthole_worker, porthole_door;

-- ---------------------------------------------------------------------------------------------- tenant tables

DO $$
DECLARE
  name text;
  in_context constant text := $x$= nullif(current_setting('app.tenant_id', true), '')::uuid$x$;
  key text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'tenant', 'tenant_policy', 'membership', 'team', 'team_member', 'pool', 'pool_credential', 'host', 'host_trust',
    'host_session', 'vm', 'allotment', 'access_grant', 'emergency_lock', 'console_ticket', 'console_hub',
    'console_seat', 'audit_head', 'audit_event', 'pool_probe'
  ] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
    CONTINUE WHEN name = 'vm';
    key := CASE name WHEN 'tenant' THEN 'id' ELSE 'tenant_id' END;
    EXECUTE format('CREATE POLICY tenant ON public.%I USING (%I %s) WITH CHECK (%I %s)', name, key, in_context, key, in_context);
  END LOOP;
END
$$;

-- A machine has a holder (tenant_id) and an owner (pool_tenant_id), and who sees it depends on who asks
-- (architecture §3): portal and relay by holder, the portal also reads as owner, the worker writes as owner.
CREATE POLICY holder ON vm TO porthole_portal, porthole_relay
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY owner_reads ON vm FOR SELECT TO porthole_portal
  USING (pool_tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY owner_writes ON vm TO porthole_worker
  USING (pool_tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  WITH CHECK (pool_tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- -------------------------------------------------------------------------------------------- identity tables

ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
ALTER TABLE login_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE login_session FORCE ROW LEVEL SECURITY;
CREATE POLICY portal ON person TO porthole_portal USING (true) WITH CHECK (true);
CREATE POLICY portal ON login_session TO porthole_portal USING (true) WITH CHECK (true);

-- ------------------------------------------------------------------------------------------- grants: the portal
-- It decides who may do what. It never writes what it could use to point a secret at another host: host_trust,
-- host_session and the machines are the worker's; sealed secrets it may write and never read.

GRANT SELECT, INSERT, UPDATE (slug, name, suspended_at) ON tenant TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (idle_timeout_ms, maximum_time_ms, allowed_cidrs) ON tenant_policy TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (role), DELETE ON membership TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (name), DELETE ON team TO porthole_portal;
GRANT SELECT, INSERT, DELETE ON team_member TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (display_name, address, port, pin, state, state_reason, state_since, removed_at)
  ON pool TO porthole_portal;
GRANT SELECT (tenant_id, pool_id, purpose, username, kid, created_at), DELETE,
  INSERT, UPDATE (username, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag, created_at)
  ON pool_credential TO porthole_portal;
GRANT SELECT, UPDATE (override_address, override_port) ON host TO porthole_portal;
-- Fingerprints are public and pages compare them; the certificate itself is the worker's tool.
GRANT SELECT (tenant_id, host_id, fingerprint_256, source, valid_to, created_at) ON host_trust TO porthole_portal;
GRANT SELECT ON vm TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (position, tag, holder_tenant_id), DELETE ON allotment TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (ended_at, ended_by, ends_at) ON access_grant TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (lifted_at, lifted_by) ON emergency_lock TO porthole_portal;
-- created_at is the database's own word, so that no ticket can be given a long life (check console_ticket_life).
GRANT SELECT (tenant_id, id, person_id, login_session_id, vm_id, kind, mode, relay_id, outcome, created_at, expires_at, used_at, revoked_at),
  INSERT (tenant_id, id, secret_hash, binder_hash, person_id, login_session_id, vm_id, kind, mode, relay_id, expires_at),
  UPDATE (revoked_at) ON console_ticket TO porthole_portal;
GRANT SELECT ON console_hub, console_seat, audit_head, audit_event TO porthole_portal;
GRANT SELECT, INSERT (tenant_id, id, address, port, requested_by, created_at) ON pool_probe TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (email, name, password_hash, disabled_at) ON person TO porthole_portal;
GRANT SELECT, INSERT, UPDATE (digest, binder_hash, last_input_at, expires_at, ip, user_agent), DELETE
  ON login_session TO porthole_portal;
GRANT SELECT ON relay TO porthole_portal;

-- -------------------------------------------------------------------------------------------- grants: the relay
-- Its own row; all else through the door's functions.

GRANT SELECT, INSERT, UPDATE, DELETE ON relay TO porthole_relay;

-- ------------------------------------------------------------------------------------------- grants: the worker
-- It keeps hosts, machines and trust in step with the pools, and opens what the portal sealed.

GRANT SELECT (id, slug, name, kind, suspended_at) ON tenant TO porthole_worker;
GRANT SELECT ON tenant_policy, allotment, pool_credential TO porthole_worker;
GRANT SELECT, UPDATE (state, state_reason, state_since, last_sync_at, product_version, limit_console_sessions,
  console_idle_timeout_s) ON pool TO porthole_worker;
GRANT SELECT, INSERT, UPDATE (name, address, is_coordinator, enabled, live, updated_at), DELETE ON host TO porthole_worker;
GRANT SELECT, INSERT, UPDATE (fingerprint_256, pem, source, valid_to, created_at), DELETE ON host_trust TO porthole_worker;
GRANT SELECT, INSERT, UPDATE (kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag, generation, sealed_at), DELETE
  ON host_session TO porthole_worker;
GRANT SELECT, INSERT, UPDATE (name, description, tags, power_state, operation, crashed_at, is_control_domain,
  screen_switched_off, resident_host_id, domid, screen_console_ref, text_console_ref, memory_bytes, vcpus, os_name,
  addresses, started_at, seen_at, gone_at) ON vm TO porthole_worker;
GRANT SELECT, UPDATE (finished_at, failure, certificate) ON pool_probe TO porthole_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON pool_lease TO porthole_worker;

-- ---------------------------------------------------------------------------------------------- grants: the door
-- What its functions need, by column where a table also holds what they do not need (password hashes, digests).

GRANT SELECT (id, slug, name, kind, suspended_at, authority_epoch), UPDATE (authority_epoch) ON tenant TO porthole_door;
GRANT SELECT (id, name, disabled_at, authority_epoch), UPDATE (authority_epoch) ON person TO porthole_door;
GRANT SELECT (id, person_id, created_at, last_input_at, expires_at), UPDATE (last_input_at)
  ON login_session TO porthole_door;
GRANT SELECT ON tenant_policy, membership, team, team_member, access_grant, emergency_lock, vm, host, host_session,
  allotment, relay TO porthole_door;
GRANT SELECT (tenant_id, id, display_name, state, limit_console_sessions, console_idle_timeout_s, removed_at)
  ON pool TO porthole_door;
GRANT SELECT, UPDATE (outcome, used_at, revoked_at), DELETE ON console_ticket TO porthole_door;
GRANT SELECT, INSERT, UPDATE (lease_until, ended_at) ON console_hub TO porthole_door;
GRANT SELECT, INSERT, UPDATE (rights, closed_at, close_reason, receipt) ON console_seat TO porthole_door;
GRANT SELECT, INSERT, UPDATE (seq, hash) ON audit_head TO porthole_door;
GRANT SELECT, INSERT ON audit_event TO porthole_door;
GRANT SELECT (tenant_id, id, created_at, finished_at) ON pool_probe TO porthole_door;
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_counter TO porthole_door;
