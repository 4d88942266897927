import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { missingForQemu } from '@porthole/fake-xenserver';
import { findProgram } from './find-program.ts';
import { ensureGuestKernel } from './guest-kernel.ts';

/** What this machine brings for the tests that need more than Node. */
export interface Machine {
  chromium: string | null;
  /** What is missing, by name, for the browser and for the real guest; empty when all is there. */
  missingForBrowser: string[];
  missingForGuest: string[];
}

/** Debian's package for each part, and how to tell that it is there. */
const PARTS: { debian: string; isThere: () => boolean }[] = [
  { debian: 'chromium', isThere: () => findChromium() !== null },
  {
    debian: 'fonts-dejavu-core',
    isThere: () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  },
  { debian: 'qemu-system-x86', isThere: () => findProgram('qemu-system-x86_64') !== null },
  { debian: 'busybox-static', isThere: () => findProgram('busybox') !== null },
  { debian: 'cpio', isThere: () => findProgram('cpio') !== null },
];

const CHROMIUMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHROME_ON_MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Installs what is missing where that is possible without a question (Debian, as root); elsewhere finds or names it. */
export function prepareMachine(say: (line: string) => void): Machine {
  const missing = PARTS.filter((part) => !part.isThere()).map((part) => part.debian);
  if (missing.length > 0) installPackages(missing, say);
  const noKernel = ensureGuestKernel(say);
  const chromium = findChromium();
  return {
    chromium,
    missingForBrowser: chromium === null ? ['Chromium (Debian: chromium; or set CHROMIUM_PATH)'] : [],
    missingForGuest: noKernel === null ? missingForQemu() : [...new Set([...missingForQemu(), noKernel])],
  };
}

/** Debian's packages, where they can be installed without a question; elsewhere nothing happens. */
export function installPackages(packages: readonly string[], say: (line: string) => void): void {
  if (process.getuid?.() !== 0 || findProgram('apt-get') === null) return;
  say(`installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet: ExecFileSyncOptions = { env, stdio: ['ignore', 'ignore', 'pipe'] };
  try {
    execFileSync('apt-get', ['update', '-qq'], quiet);
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    say(`apt-get did not install them: ${words.split('\n').at(-1) ?? ''}`);
  }
}

function findChromium(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && existsSync(named)) return named;
  for (const name of CHROMIUMS) {
    const found = findProgram(name);
    if (found !== null) return found;
  }
  return existsSync(CHROME_ON_MAC) ? CHROME_ON_MAC : null;
}
