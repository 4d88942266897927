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
