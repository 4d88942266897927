/** A number as people type it: digits, and a comma or a point before at most three more. */
const NUMBER = /^\d{1,6}(?:[.,]\d{1,3})?$/;

/** A number of units as it stands in a field: 90 s are `1.5` minutes. */
export function amountText(value: number, unit: number): string {
  return String(Math.round((value / unit) * 1000) / 1000);
}

/** What was typed, in the small unit and whole; null where it is no number. */
export function parseAmount(text: string, unit: number): number | null {
  const typed = text.trim();
  return NUMBER.test(typed) ? Math.round(Number(typed.replace(',', '.')) * unit) : null;
}
