import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

export interface QemuParts {
  qemu: string;
  busybox: string;
  cpio: string;
  kernel: string;
}

export interface QemuSearch {
  /** Directories to look in for programs, as in PATH. */
  searchPath: string;
  /** The guest's kernel, a file. */
  kernel: string;
}

const PROGRAMS = { qemu: 'qemu-system-x86_64', busybox: 'busybox', cpio: 'cpio' } as const;
/** Where Debian puts programs, whatever the caller's PATH says. */
const USUAL_PLACES = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];

/** Everything that a QEMU guest needs, or null; `missingForQemu` says what is not there. */
export function findQemu(search: Partial<QemuSearch> = {}): QemuParts | null {
  const { qemu, busybox, cpio, kernel } = look(search);
  return qemu && busybox && cpio && kernel ? { qemu, busybox, cpio, kernel } : null;
}

/** What is missing for a QEMU guest, by name; empty when all is there. */
export function missingForQemu(search: Partial<QemuSearch> = {}): string[] {
  const found = look(search);
  const missing: string[] = [];
  if (!found.qemu) missing.push('qemu-system-x86_64 (Debian: qemu-system-x86)');
  if (!found.busybox) missing.push('busybox (Debian: busybox-static)');
  if (!found.cpio) missing.push('cpio (Debian: cpio)');
  if (!found.kernel) missing.push(`a guest kernel at ${search.kernel ?? defaultKernel()}`);
  return missing;
}

/** Where a checkout keeps its guest kernel, seen from this file. */
export function defaultKernel(): string {
  return path.resolve(import.meta.dirname, '../../../../.porthole/cache/vmlinuz');
}

function look(search: Partial<QemuSearch>): { [part in keyof QemuParts]: string | null } {
  const directories = [...(search.searchPath?.split(path.delimiter) ?? []), ...USUAL_PLACES];
  const kernel = search.kernel ?? defaultKernel();
  return {
    qemu: findProgram(PROGRAMS.qemu, directories),
    busybox: findProgram(PROGRAMS.busybox, directories),
    cpio: findProgram(PROGRAMS.cpio, directories),
    kernel: existsSync(kernel) ? kernel : null,
  };
}

function findProgram(name: string, directories: readonly string[]): string | null {
  const candidates = directories.map((directory) => path.join(directory, name));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there and not executable are the same answer: keep looking.
    return false;
  }
}
