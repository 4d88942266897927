import type { ClientBase } from 'pg';

/**
 * What the database's own catalogue says about who may do what, as sorted lines for each subject. The committed
 * snapshot (prisma/catalogue.snapshot.json) is the drift gate for all that `prisma migrate diff` does not see: row-level
 * security, policies, functions, triggers, checks, grants, roles.
 */
export type Catalogue = Record<keyof typeof QUESTIONS, string[]>;

const OUR_SCHEMAS = `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_%temp%'`;
const OUR_ROLES = `'porthole_owner', 'porthole_portal', 'porthole_relay', 'porthole_worker', 'porthole_courier', 'porthole_door'`;

/** Each gives one column, `line`. Owners' own rights are left out: owning is a line of its own. */
const QUESTIONS = {
  roles: `
    SELECT rolname || concat(
      CASE WHEN rolcanlogin THEN ' login' END, CASE WHEN rolsuper THEN ' SUPERUSER' END,
      CASE WHEN rolbypassrls THEN ' bypassrls' END, CASE WHEN rolcreaterole THEN ' CREATEROLE' END,
      CASE WHEN rolcreatedb THEN ' createdb' END, CASE WHEN rolreplication THEN ' REPLICATION' END,
      CASE WHEN rolinherit THEN ' inherit' END) AS line
    FROM pg_roles WHERE rolname LIKE 'porthole\\_%'`,
  memberships: `
    SELECT format('%s in %s%s%s%s', m.rolname, g.rolname, CASE WHEN a.inherit_option THEN ' inherit' END,
      CASE WHEN a.set_option THEN ' set' END, CASE WHEN a.admin_option THEN ' admin' END) AS line
    FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid
    WHERE m.rolname IN (${OUR_ROLES}) OR g.rolname IN (${OUR_ROLES})`,
  tables: `
    SELECT format('%s.%s %s%s%s', n.nspname, c.relname, pg_get_userbyid(c.relowner),
      CASE WHEN c.relrowsecurity THEN ' rls' END, CASE WHEN c.relforcerowsecurity THEN ' forced' END) AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OUR_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  policies: `
    SELECT format('%s.%s %s %s %s to %s using %s check %s', schemaname, tablename, policyname, lower(permissive),
      lower(cmd), array_to_string(roles, ','), coalesce(qual, '-'), coalesce(with_check, '-')) AS line
    FROM pg_policies`,
  rights: `
    SELECT format('%s: %s on %s.%s%s', coalesce(nullif(a.grantee, 0)::regrole::text, 'PUBLIC'),
      string_agg(lower(a.privilege_type) || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ' ' ORDER BY a.privilege_type),
      n.nspname, c.relname, a.columns) AS line
    FROM (
      SELECT c.oid, x.grantee, x.privilege_type, x.is_grantable, '' AS columns
      FROM pg_class c, aclexplode(c.relacl) x
      UNION ALL
      SELECT t.attrelid, x.grantee, x.privilege_type, x.is_grantable, '(' || t.attname || ')'
      FROM pg_attribute t, aclexplode(t.attacl) x WHERE NOT t.attisdropped) a
    JOIN pg_class c ON c.oid = a.oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OUR_SCHEMAS} AND a.grantee <> c.relowner
    GROUP BY a.grantee, n.nspname, c.relname, a.columns`,
  schemas: `
    SELECT format('%s: %s on schema %s', coalesce(nullif(x.grantee, 0)::regrole::text, 'PUBLIC'),
      string_agg(lower(x.privilege_type), ' ' ORDER BY x.privilege_type), n.nspname) AS line
    FROM pg_namespace n, aclexplode(n.nspacl) x
    WHERE ${OUR_SCHEMAS} AND x.grantee <> n.nspowner GROUP BY x.grantee, n.nspname`,
  functions: `
    SELECT format('%s %s(%s) %s%s %s; executed by %s; body %s', pg_get_userbyid(p.proowner), p.proname,
      pg_get_function_arguments(p.oid), CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END,
      CASE WHEN p.prokind <> 'f' THEN ' KIND ' || p.prokind::text END, coalesce(array_to_string(p.proconfig, ' '), 'NO SEARCH PATH'),
      coalesce((SELECT string_agg(coalesce(nullif(x.grantee, 0)::regrole::text, 'PUBLIC'), ' ' ORDER BY x.grantee::regrole::text)
        FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee <> p.proowner), 'nobody'),
      left(encode(sha256(convert_to(p.prosrc, 'UTF8')), 'hex'), 16)) AS line
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'`,
  triggers: `
    SELECT format('%s %s %s', c.relname, CASE t.tgenabled WHEN 'O' THEN 'on' WHEN 'A' THEN 'always' ELSE 'OFF' END,
      pg_get_triggerdef(t.oid)) AS line
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND NOT t.tgisinternal`,
  checks: `
    SELECT format('%s %s %s%s', c.relname, k.conname, pg_get_constraintdef(k.oid),
      CASE WHEN NOT k.conenforced THEN ' NOT ENFORCED' END) AS line
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND k.contype = 'c'`,
  references: `
    SELECT format('%s (%s) -> %s (%s) update %s delete %s', c.relname, names.own, f.relname, names.other,
      k.confupdtype, k.confdeltype) AS line
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
      SELECT string_agg(o.attname, ',' ORDER BY i.ord) AS own, string_agg(r.attname, ',' ORDER BY i.ord) AS other
      FROM unnest(k.conkey, k.confkey) WITH ORDINALITY i(own, other, ord)
      JOIN pg_attribute o ON o.attrelid = k.conrelid AND o.attnum = i.own
      JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = i.other) names
    WHERE n.nspname = 'public' AND k.contype = 'f'`,
  uniques: `
    SELECT format('%s (%s)%s', c.relname, (
        SELECT string_agg(a.attname, ',' ORDER BY i.ord) FROM unnest(x.indkey) WITH ORDINALITY i(num, ord)
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.num),
      CASE WHEN x.indpred IS NOT NULL THEN ' where ' || pg_get_expr(x.indpred, x.indrelid) END) AS line
    FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND x.indisunique`,
  columns: `
    SELECT format('%s.%s generated %s', c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)) AS line
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE n.nspname = 'public' AND a.attgenerated <> ''`,
} as const;

/** Reads the catalogue through one connection, inside whatever transaction that has open. */
export async function readCatalogue(client: Pick<ClientBase, 'query'>): Promise<Catalogue> {
  const ask = async (subject: keyof typeof QUESTIONS) => {
    const { rows } = await client.query<{ line: string }>(QUESTIONS[subject]);
    // Sorted here and not by the server, whose collation is not the same everywhere.
    return rows.map((row) => row.line.replaceAll(/\s+/g, ' ')).sort();
  };
  return {
    roles: await ask('roles'),
    memberships: await ask('memberships'),
    tables: await ask('tables'),
    policies: await ask('policies'),
    rights: await ask('rights'),
    schemas: await ask('schemas'),
    functions: await ask('functions'),
    triggers: await ask('triggers'),
    checks: await ask('checks'),
    references: await ask('references'),
    uniques: await ask('uniques'),
    columns: await ask('columns'),
  };
}

/** What differs from the snapshot: `policies: - …` is missing, `+ …` is new. */
export function differences(snapshot: Catalogue, found: Catalogue): string[] {
  return Object.entries(found).flatMap(([subject, lines]) => {
    const expected = new Map(Object.entries(snapshot)).get(subject) ?? [];
    return [
      ...expected.filter((line) => !lines.includes(line)).map((line) => `${subject}: - ${line}`),
      ...lines.filter((line) => !expected.includes(line)).map((line) => `${subject}: + ${line}`),
    ];
  });
}
