import type { z } from 'zod';
import type { Procedure } from './api-document.ts';

/** The calls of a tRPC router with what each takes: its last parser, which is strict and names every field. */
export function proceduresOf(router: { _def: { procedures: object } }): Record<string, Procedure> {
  return Object.fromEntries(
    Object.entries<object>({ ...router._def.procedures }).map(([path, procedure]) => {
      const { type, inputs } = Reflect.get(procedure, '_def') as {
        type: Procedure['type'];
        inputs: z.ZodType[];
      };
      return [path, { type, input: inputs.at(-1) }];
    }),
  );
}
