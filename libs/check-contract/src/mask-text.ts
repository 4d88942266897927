/** Longest detail or line of a trace, in characters. */
export const MAX_DETAIL = 300;
const HIDDEN = '[hidden]';

/**
 * A text of a host or of ours as it may be stored and shown: one line, short, without any reference, cookie or secret that is
 * known. References of XenAPI go whole: a session's is a bearer secret and looks like any other (xenapi.md §2.1).
 *
 * @param secrets texts that must not appear, such as the account's password
 */
export function maskText(text: string, secrets: readonly string[] = []): string {
  let masked = text;
  for (const secret of secrets) if (secret !== '') masked = masked.replaceAll(secret, HIDDEN);
  return masked
    .replace(/OpaqueRef:[^\s"'<>;,)&]*/giu, `OpaqueRef:${HIDDEN}`)
    .replace(/(session_id=)(?!OpaqueRef:)[^\s;&]*/giu, `$1${HIDDEN}`)
    .replace(/(authorization:)[^\r\n]*/giu, `$1 ${HIDDEN}`)
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_DETAIL);
}
