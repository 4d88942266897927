/** One call through the control door of stack-host.ts. */
export async function control<T = unknown>(name: string, input: unknown = {}): Promise<T> {
  const door = process.env.PORTHOLE_E2E_CONTROL;
  if (door === undefined) throw new Error('the stack is not running: start the specs through playwright');
  const answer = await fetch(door, { method: 'POST', body: JSON.stringify({ name, input }) });
  const { result, error } = (await answer.json()) as { result: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return result;
}
