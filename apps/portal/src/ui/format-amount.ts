import type { Words } from '../words/use-words.ts';

const KIB = 1024;
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `8.1 MB`: powers of 1,000, one decimal below 100. */
export function byteAmount(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `512 MiB` or `4 GiB`: memory is counted in powers of 1,024. */
export function memoryAmount(bytes: number, t: Words): string {
  const mebibytes = bytes / KIB / KIB;
  if (mebibytes < KIB) return t('machine.memoryValue', { n: Math.round(mebibytes) });
  return t('machine.memoryValueGib', { n: Math.round((mebibytes / KIB) * 10) / 10 });
}

/** `450 ms`, `42 s`, `13 min 7 s`, `2 h 5 min`. */
export function duration(ms: number, t: Words): string {
  if (ms > 0 && ms < 1000) return t('time.milliseconds', { ms: Math.round(ms) });
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return t('time.seconds', { s: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return t('time.minutes', { m: minutes, s: seconds % 60 });
  return t('time.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** `1,204`. */
export function count(value: number): string {
  return value.toLocaleString('en-GB');
}
