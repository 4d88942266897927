import type { Page } from '@playwright/test';

/** Calls a procedure from inside the page, with its cookies and its Origin, past every component of ours. */
export async function mutate<T>(
  page: Page,
  procedure: string,
  input: unknown,
): Promise<{ status: number; data: T | null; code: string | null }> {
  return page.evaluate(
    async ([path, json]) => {
      const response = await fetch(`/api/trpc/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ json }),
      });
      const body = await response.json();
      return {
        status: response.status,
        data: body.result?.data?.json ?? null,
        code: body.error?.json?.data?.appCode ?? body.error?.json?.data?.code ?? null,
      };
    },
    [procedure, input] as const,
  );
}

/** The same for queries. */
export async function query<T>(
  page: Page,
  procedure: string,
  input: unknown,
): Promise<{ status: number; data: T | null; text: string }> {
  return page.evaluate(
    async ([path, json]) => {
      const response = await fetch(`/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json }))}`);
      const text = await response.text();
      return { status: response.status, data: JSON.parse(text).result?.data?.json ?? null, text };
    },
    [procedure, input] as const,
  );
}

export interface MachineRow {
  id: string;
  name: string;
  rights: string[];
}

/** The id of a machine that the signed-in person may see. */
export async function machineId(page: Page, org: string, name: string): Promise<string> {
  const { data, text } = await query<{ rows: MachineRow[] } | MachineRow[]>(page, 'machines.list', { org });
  const rows = Array.isArray(data) ? data : data?.rows;
  const found = rows?.find((row) => row.name === name);
  if (found === undefined) throw new Error(`${name} is not listed in ${org}: ${text.slice(0, 300)}`);
  return found.id;
}

/** The first call is answered as the server answers once the last proof is too old; it decides the second itself. */
export async function refuseOnce(page: Page, call: string, appCode: string): Promise<void> {
  let asked = 0;
  await page.route(`**/api/trpc/${call}*`, async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const data = {
      code: 'PRECONDITION_FAILED',
      httpStatus: 412,
      appCode,
      reference: null,
      retryAfterS: null,
    };
    const error = { json: { message: 'Confirm that it’s you', code: -32_012, data } };
    await route.fulfill({ status: 412, json: [{ error }] });
  });
}
