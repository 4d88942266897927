const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayWithYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const exact = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `14:02`, in the zone of the browser. */
export function clockTime(date: Date): string {
  return clock.format(date);
}

/** `14:02:07`. */
export function clockTimeWithSeconds(date: Date): string {
  return clockWithSeconds.format(date);
}

/** `14:02` today, `3 May, 14:02` otherwise, with the year where it is another one. */
export function shortTime(date: Date, now = new Date()): string {
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return `${dayName(date, now)}, ${clock.format(date)}`;
}

/** `3 May`, with the year where it is another one. */
export function dayName(date: Date, now = new Date()): string {
  return (date.getFullYear() === now.getFullYear() ? day : dayWithYear).format(date);
}

/** `Friday 18:00` within a week, else as {@link shortTime}. */
export function untilTime(date: Date, now = new Date()): string {
  const ahead = date.getTime() - now.getTime();
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return ahead < 6 * DAY_MS ? `${weekday.format(date)} ${clock.format(date)}` : shortTime(date, now);
}

/** Absolute, with seconds and zone, where a time proves something. */
export function exactTime(date: Date): string {
  return exact.format(date);
}

/** The zone of the browser, for headings over absolute times. */
export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
