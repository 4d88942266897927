import type { Tx } from '@porthole/db';

/** Whether an organisation of the person's wants its own single sign-on of them, and nothing else. Owners keep a way back. */
export async function ssoRequired(tx: Pick<Tx, '$queryRaw'>, personId: string): Promise<boolean> {
  const rows: unknown = await tx.$queryRaw`SELECT sso_required_of(${personId}::uuid) AS required`;
  const [row] = Array.isArray(rows) ? rows : [];
  return Reflect.get(Object(row), 'required') === true;
}
