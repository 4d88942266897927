import { stringify } from 'csv-stringify/sync';

/**
 * Rows as RFC 4180 has them, the names of the columns first. What a spreadsheet would take for a formula is led by an apostrophe
 * (OWASP, CSV injection).
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return stringify(
    [columns, ...rows].map((row) => [...row]),
    { record_delimiter: 'windows', escape_formulas: true, quoted_match: /[\r\n]/ },
  );
}
