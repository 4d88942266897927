import path from 'node:path';

/** The root of the checkout. */
export const rootDir = path.join(import.meta.dirname, '../..');

/** Where one stack keeps everything that outlives it. */
export interface StackPaths {
  home: string;
  /** PostgreSQL's data. */
  data: string;
  secrets: string;
  logs: string;
  /** Keys and certificates of the stand-in hosts. */
  pools: string;
  journal: string;
  /** Which processes run now, for the next start to find. */
  runFile: string;
  stateFile: string;
  /** Hash of the migrations that the data has seen. */
  migratedFile: string;
}

export function stackPaths(home: string): StackPaths {
  const inHome = (name: string): string => path.join(home, name);
  return {
    home,
    data: inHome('data'),
    secrets: inHome('secrets'),
    logs: inHome('logs'),
    pools: inHome('pools'),
    journal: inHome('journal'),
    runFile: inHome('run.json'),
    stateFile: inHome('state.json'),
    migratedFile: inHome('migrated.sha256'),
  };
}
