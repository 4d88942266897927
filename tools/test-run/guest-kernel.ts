import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { rootDir } from '../stack/stack-paths.ts';
import { findProgram } from './find-program.ts';

/** Where libs/fake-xenserver looks for it. */
const kernel = path.join(rootDir, '.porthole/cache/vmlinuz');
const META_PACKAGE = 'linux-image-cloud-amd64';

/**
 * Fetches Debian's cloud kernel for the real guest, unpacked and not installed (no root needed).
 *
 * @returns null when it is there, else why it is not.
 */
export function ensureGuestKernel(say: (line: string) => void): string | null {
  if (existsSync(kernel)) return null;
  if (findProgram('apt-get') === null || findProgram('dpkg') === null)
    return `a Linux kernel for the guest at ${kernel} (any x86-64 one with VGA and serial console)`;
  say('fetching a kernel for the real guest');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-kernel-'));
  try {
    const depends = execFileSync('apt-cache', ['depends', META_PACKAGE], { encoding: 'utf8' });
    const name = /Depends: (linux-image-[^\s]+)/.exec(depends)?.[1];
    if (name === undefined) return `the Debian package ${META_PACKAGE} (apt-get update was not run yet?)`;
    // apt drops its rights for downloads and wants a folder that its own account may write to.
    const quiet: ExecFileSyncOptions = { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] };
    execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', name], quiet);
    const archive = readdirSync(folder).find((file) => file.endsWith('.deb')) ?? '';
    execFileSync('dpkg', ['-x', archive, 'unpacked'], quiet);
    const boot = path.join(folder, 'unpacked/boot');
    const image = readdirSync(boot).find((file) => file.startsWith('vmlinuz-'));
    if (image === undefined) return `a kernel in the Debian package ${name}`;
    mkdirSync(path.dirname(kernel), { recursive: true });
    copyFileSync(path.join(boot, image), `${kernel}.draft`);
    renameSync(`${kernel}.draft`, kernel);
    return null;
  } catch (error) {
    return `the Debian package ${META_PACKAGE}: ${error instanceof Error ? error.message.split('\n')[0] : ''}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
