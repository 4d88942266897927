/** What somebody who has taken the portal would try with its database role, in the order of what it is worth. */
export interface SqlAttack {
  what: string;
  /** One statement; `$1` is the organisation in context, `$2` another one. It succeeds if it touches or gives a row. */
  sql: string;
  /**
   * What takes the defence away, as a superuser in a scratch database. Null where that would reach beyond the database
   * (roles, files): the catalogue gate proves those.
   */
  off: string | null;
}

const TRIGGER_OFF =
  'ALTER TABLE audit_event DISABLE TRIGGER append_only; ALTER TABLE audit_head DISABLE TRIGGER append_only;';
const OPEN_APPEND = `CREATE OR REPLACE FUNCTION audit_append(p_tenant uuid, p_event uuid, p_payload text) RETURNS bigint
  LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
  AS 'SELECT public.audit_write(p_tenant, p_event, p_payload)'`;
const append = (tenant: '$1' | '$2', action: string) =>
  `SELECT audit_append(${tenant}, gen_random_uuid(), '{"action":"${action}","outcome":"ok"}')`;

export const SQL_ATTACKS: readonly SqlAttack[] = [
  {
    what: 'read sealed passwords',
    sql: 'SELECT ct, wrapped_dek, epk FROM pool_credential WHERE tenant_id = $1',
    off: 'GRANT SELECT ON pool_credential TO porthole_portal',
  },
  {
    what: 'copy a sealed password under another pool',
    sql: `INSERT INTO pool_credential SELECT tenant_id, pool_id, 'console', username, kid, epk, wrap_iv, wrapped_dek, wrap_tag, iv, ct, tag
      FROM pool_credential WHERE tenant_id = $1`,
    off: 'GRANT SELECT ON pool_credential TO porthole_portal',
  },
  {
    what: 'move a sealed password to another purpose',
    sql: `UPDATE pool_credential SET purpose = 'console' WHERE tenant_id = $1`,
    off: 'GRANT UPDATE ON pool_credential TO porthole_portal',
  },
  {
    what: 'read sealed sessions',
    sql: 'SELECT ct FROM host_session WHERE tenant_id = $1',
    off: 'GRANT SELECT ON host_session TO porthole_portal',
  },
  {
    what: 'write sealed sessions',
    sql: `UPDATE host_session SET kid = 'mine'`,
    off: 'GRANT UPDATE ON host_session TO porthole_portal',
  },
  {
    what: 'trust another certificate',
    sql: `UPDATE host_trust SET fingerprint_256 = '${'CD:'.repeat(31)}CD' WHERE tenant_id = $1`,
    off: 'GRANT UPDATE ON host_trust TO porthole_portal',
  },
  {
    what: 'bring in a trusted host of its own',
    sql: `INSERT INTO host (tenant_id, pool_id, uuid, name, address)
      SELECT tenant_id, id, gen_random_uuid(), 'mine', '203.0.113.66' FROM pool WHERE tenant_id = $1`,
    off: 'GRANT INSERT ON host TO porthole_portal',
  },
  {
    what: 'move a machine to another host',
    sql: 'UPDATE vm SET resident_host_id = NULL WHERE pool_tenant_id = $1',
    off: 'GRANT UPDATE ON vm TO porthole_portal; CREATE POLICY wide ON vm TO porthole_portal USING (true)',
  },
  {
    what: 'edit the log',
    sql: `UPDATE audit_event SET payload = '{}' WHERE tenant_id = $1`,
    off: `${TRIGGER_OFF} GRANT UPDATE ON audit_event TO porthole_portal`,
  },
  {
    what: 'delete from the log',
    sql: 'DELETE FROM audit_event WHERE tenant_id = $1',
    off: `${TRIGGER_OFF} GRANT DELETE ON audit_event TO porthole_portal`,
  },
  {
    what: 'empty the log',
    sql: 'TRUNCATE audit_event',
    off: `${TRIGGER_OFF} GRANT TRUNCATE ON audit_event TO porthole_portal`,
  },
  {
    what: 'insert into the log past its function',
    sql: `INSERT INTO audit_event (tenant_id, seq, event_id, at, payload, payload_hash, prev_hash, hash)
      VALUES ($1, 999, gen_random_uuid(), now(), '{}', sha256(''), sha256(''), sha256(''))`,
    off: `${TRIGGER_OFF} GRANT INSERT ON audit_event TO porthole_portal`,
  },
  {
    what: 'set the head of a chain back',
    sql: 'UPDATE audit_head SET seq = seq - 1 WHERE tenant_id = $1',
    off: `${TRIGGER_OFF} GRANT UPDATE ON audit_head TO porthole_portal`,
  },
  { what: 'write in the chain of another organisation', sql: append('$2', 'sign-out'), off: OPEN_APPEND },
  { what: 'claim that a console was opened', sql: append('$1', 'console.open'), off: OPEN_APPEND },
  { what: 'claim that a console was closed', sql: append('$1', 'console.close'), off: OPEN_APPEND },
  { what: 'claim that the worker used a credential', sql: append('$1', 'credential.used'), off: OPEN_APPEND },
  {
    what: 'append without the checks',
    sql: `SELECT audit_write($1, gen_random_uuid(), '{"action":"sign-out","outcome":"ok"}')`,
    off: 'GRANT EXECUTE ON FUNCTION audit_write(uuid, uuid, text) TO porthole_portal',
  },
  {
    what: 'close a seat in the relay’s name',
    sql: `SELECT seat_close(gen_random_uuid(), gen_random_uuid(), 'left', NULL)`,
    off: 'GRANT EXECUTE ON FUNCTION seat_close(uuid, uuid, text, jsonb) TO porthole_portal',
  },
  {
    what: 'redeem tickets itself',
    sql: `SELECT ticket_redeem(sha256('x'), 'r1', sha256('x'))`,
    off: 'GRANT EXECUTE ON FUNCTION ticket_redeem(bytea, text, bytea) TO porthole_portal',
  },
  {
    what: 'read the facts of another organisation',
    sql: 'SELECT authority_facts_of($2, id, id) FROM person LIMIT 1',
    off: 'GRANT EXECUTE ON FUNCTION authority_facts_of(uuid, uuid, uuid) TO porthole_portal',
  },
  {
    what: 'hold the epochs still',
    sql: 'UPDATE tenant SET authority_epoch = 1 WHERE id = $1',
    off: 'GRANT UPDATE ON tenant TO porthole_portal',
  },
  {
    what: 'read the worker’s queue',
    sql: 'SELECT * FROM graphile_worker._private_tasks',
    off: `GRANT USAGE ON SCHEMA graphile_worker TO porthole_portal; GRANT SELECT ON graphile_worker._private_tasks TO porthole_portal;
      CREATE POLICY wide ON graphile_worker._private_tasks USING (true); INSERT INTO graphile_worker._private_tasks (identifier) VALUES ('x')`,
  },
  {
    what: 'make a table of its own',
    sql: 'CREATE TABLE mine AS SELECT 1 AS one',
    off: 'GRANT CREATE ON SCHEMA public TO porthole_portal',
  },
  {
    what: 'switch the append-only trigger off',
    sql: 'ALTER TABLE audit_event DISABLE TRIGGER ALL',
    off: null,
  },
  { what: 'switch all triggers off', sql: 'SET session_replication_role = replica', off: null },
  { what: 'become the worker', sql: 'SET ROLE porthole_worker', off: null },
  { what: 'become the door', sql: 'SET ROLE porthole_door', off: null },
  { what: 'become the owner', sql: 'SET ROLE porthole_owner', off: null },
  { what: 'read passwords of the database', sql: 'SELECT rolpassword FROM pg_authid', off: null },
  { what: 'read files of the server', sql: `SELECT pg_read_file('postgresql.conf')`, off: null },
  { what: 'run a program on the server', sql: `COPY (SELECT 1) TO PROGRAM 'true'`, off: null },
];
