import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The guest's first program. Both shells start as soon as their terminal is open; the serial one only after the
 * prompt stands on the screen (read from /dev/vcs1), so that its prompt means that both are ready.
 */
const initScript = (hostname: string) => `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs d /dev; mount -t proc p /proc; mount -t sysfs s /sys
hostname ${hostname}
for t in tty1 ttyS0; do printf '\\033[2J\\033[H%s, Linux %s\\n' "$(hostname)" "$(uname -r)" > /dev/$t; done
loop() { while :; do setsid sh -c "exec sh </dev/$1 >/dev/$1 2>&1"; done; }
loop tty1 &
until grep -q '/ # ' /dev/vcs1; do usleep 50000; done
loop ttyS0 &
wait
`;

/**
 * Writes an initrd with busybox and nothing else.
 * @param workDir an existing folder; the files made there stay
 * @returns the path of the initrd
 */
export function buildInitrd(
  workDir: string,
  parts: { busybox: string; cpio: string },
  hostname: string,
): string {
  const root = path.join(workDir, 'initrd');
  rmSync(root, { recursive: true, force: true });
  for (const directory of ['bin', 'dev', 'proc', 'sys', 'tmp']) {
    mkdirSync(path.join(root, directory), { recursive: true });
  }
  copyFileSync(parts.busybox, path.join(root, 'bin/busybox'));
  chmodSync(path.join(root, 'bin/busybox'), 0o755);
  writeFileSync(path.join(root, 'init'), initScript(hostname), { mode: 0o755 });
  const archive = execFileSync(parts.cpio, ['-o', '-H', 'newc', '--quiet'], {
    cwd: root,
    input: ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })].join('\n'),
    maxBuffer: 64 * 1024 * 1024,
  });
  const initrd = path.join(workDir, 'initrd.gz');
  writeFileSync(initrd, gzipSync(archive));
  return initrd;
}
