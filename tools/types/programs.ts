/**
 * The configurations that `npm test` checks types by, the longest first. Rooms with the same compiler options are checked
 * as one program, since each would check all the others that it imports once more; `programs.test.ts` holds that every
 * file of every room is in one that has the options of its room. Paths from the root.
 */
export const PROGRAMS = [
  'tools/types/node.json',
  'apps/portal/tsconfig.tests.json',
  'e2e/tsconfig.json',
  'apps/portal/tsconfig.json',
  'tools/types/any.json',
] as const;
