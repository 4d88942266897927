import type { FieldReader } from './record-reader.ts';

/** A reference as the pool writes it (security.md §4.5); lives as long as the object or the pool's database. */
export type OpaqueRef = string & { readonly __brand: 'OpaqueRef' };

const PATTERN = /^OpaqueRef:[0-9A-Za-z-]{8,64}$/;

/** True for a well-formed reference that is not one of the null forms. */
export function isOpaqueRef(text: string): text is OpaqueRef {
  return PATTERN.test(text);
}

/** `OpaqueRef:NULL`, the empty string and anything that begins with `Ref:` all mean "nothing" (xenapi.md §3.1). */
export function isNullRef(text: string): boolean {
  return text === '' || text === 'OpaqueRef:NULL' || text.startsWith('Ref:');
}

/** A reference or null; a malformed one counts as null, since it could not be used for anything. */
export const nullableRef: FieldReader<OpaqueRef | null> = (value) =>
  typeof value === 'string' && isOpaqueRef(value) ? value : null;

/** A set of references without its null and malformed members. */
export const refSet: FieldReader<OpaqueRef[]> = (value) =>
  Array.isArray(value)
    ? value.filter((item): item is OpaqueRef => typeof item === 'string' && isOpaqueRef(item))
    : [];
