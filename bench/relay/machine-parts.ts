import { findProgram } from '../../tools/test-run/find-program.ts';
import { installPackages } from '../../tools/test-run/prepare-machine.ts';
import type { ContestantName } from './contestants/contestant.ts';

/** Debian's package for each contestant that is not ours. */
const PACKAGES = { floor: 'haproxy', websockify: 'websockify' } as const satisfies Partial<
  Record<ContestantName, string>
>;

/** Installs what is missing where that needs no question. @returns what is missing still, by contestant */
export function prepareContestants(say: (line: string) => void): (keyof typeof PACKAGES)[] {
  const missing = () =>
    (['floor', 'websockify'] as const).filter((name) => findProgram(PACKAGES[name]) === null);
  const wanted = missing();
  if (wanted.length > 0)
    installPackages(
      wanted.map((name) => PACKAGES[name]),
      say,
    );
  const left = missing();
  for (const name of left) say(`missing: ${PACKAGES[name]} (Debian: apt-get install ${PACKAGES[name]})`);
  return left;
}
