import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_S = 1e9;

/** A process and all below it: one of the contestants starts another for each connection. */
export function processTree(pid: number): number[] {
  const found = [pid];
  for (const one of found) {
    for (const thread of threadsOf(one)) {
      const children = read(`/proc/${one}/task/${thread}/children`).split(' ').filter(Boolean);
      found.push(...children.map(Number));
    }
  }
  return found;
}

/** CPU seconds that a process has used, with all its threads and the processes below it, to the nanosecond. */
export function cpuSeconds(pid: number): number {
  let ns = 0;
  for (const one of processTree(pid))
    for (const thread of threadsOf(one))
      ns += Number(read(`/proc/${one}/task/${thread}/schedstat`).split(' ')[0] ?? 0);
  return ns / NS_PER_S;
}

/** Memory of a process and those below it in KiB; what they share counts once. */
export function memoryKiB(pid: number): number {
  return processTree(pid).reduce((sum, one) => {
    const pss = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${one}/smaps_rollup`));
    return sum + Number(pss?.[1] ?? 0);
  }, 0);
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // It has ended meanwhile.
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}
