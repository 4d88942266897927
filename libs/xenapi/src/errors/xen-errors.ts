import type { NamedParams, XenErrorEntry, XenErrorTopic, XenRetry } from './error-table.ts';
import { HOST_ERRORS } from './host-errors.ts';
import { MACHINE_ERRORS } from './machine-errors.ts';

/** Every error of xenapi.md §7 by its code. */
export const XEN_ERRORS = { ...HOST_ERRORS, ...MACHINE_ERRORS };

export type XenErrorCode = keyof typeof XEN_ERRORS;

/** The parameters of one error by name; each may be missing, since counts vary with the host's version. */
export type XenErrorParams<C extends XenErrorCode> = {
  readonly [Name in (typeof XEN_ERRORS)[C]['params'][number]]?: string;
};

/** What is known of a code that no table has. */
const UNKNOWN: XenErrorEntry = {
  params: [],
  topic: 'power.unclear',
  retry: 'never',
  words: 'The pool refused this.',
};

export function isXenErrorCode(code: string): code is XenErrorCode {
  return Object.hasOwn(XEN_ERRORS, code);
}

/** Topic, retry and words of an error; of any code, heard of or not. */
export function describeXenError(
  code: string,
  params: readonly string[],
): { topic: XenErrorTopic; retry: XenRetry; words: string } {
  const entry: XenErrorEntry = isXenErrorCode(code) ? XEN_ERRORS[code] : UNKNOWN;
  const { topic, retry, words } = entry;
  return { topic, retry, words: typeof words === 'string' ? words : words(nameParams(entry, params)) };
}

/** The parameters under their names, read by position; what a host sends beyond them is left out. */
export function namedParams(code: string, params: readonly string[]): NamedParams {
  return nameParams(isXenErrorCode(code) ? XEN_ERRORS[code] : UNKNOWN, params);
}

function nameParams({ params: names }: XenErrorEntry, params: readonly string[]): NamedParams {
  return Object.fromEntries(
    names.flatMap((name, at) => (params[at] === undefined ? [] : [[name, params[at]]])),
  );
}
