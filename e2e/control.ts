import { ownStack } from './stacks.ts';

/** One call through the control door of this worker's stack. */
export async function control<T = unknown>(name: string, input: unknown = {}): Promise<T> {
  const stack = ownStack();
  if (stack === null) throw new Error('the stack is not running: start the specs through playwright');
  const answer = await fetch(stack.control, { method: 'POST', body: JSON.stringify({ name, input }) });
  const { result, error } = (await answer.json()) as { result: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return result;
}
