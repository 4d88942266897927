/** xenapi.md §0.4, §1.1: the whole request head on TCP, in bytes. */
export const MAX_HEAD_BYTES = 1024;
/** xenapi.md §1.3: the largest body of a call. */
export const MAX_BODY_BYTES = 300 * 1024;

export interface RequestHead {
  method: string;
  path: string;
  query: ReadonlyMap<string, string>;
  version: '1.0' | '1.1';
  /** Names in lower case; the last of a repeated header counts. */
  headers: ReadonlyMap<string, string>;
}

/**
 * Parses a request head, without its closing empty line.
 * @returns null for what a host cannot make sense of (xenapi.md §1.3, trap 9: the request line must split into
 * exactly three words)
 */
export function parseHead(text: string): RequestHead | null {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const words = requestLine.split(' ');
  const [method, target, protocol] = words;
  if (words.length !== 3 || !method || !target) return null;
  const version = protocol === 'HTTP/1.1' ? '1.1' : protocol === 'HTTP/1.0' ? '1.0' : null;
  if (!version) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) return null;
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const question = target.indexOf('?');
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? new Map() : parseQuery(target.slice(question + 1)),
    version,
    headers,
  };
}

/**
 * The session named by the request's cookie. xenapi.md §0.5: only the first cookie is found reliably, so only
 * the first one is read here (trap 8: `a=b; session_id=…` finds no session).
 * @returns null when there is none
 */
export function sessionCookie(head: RequestHead): string | null {
  const first = (head.headers.get('cookie') ?? '').split(';')[0] ?? '';
  const equals = first.indexOf('=');
  return equals > 0 && first.slice(0, equals) === 'session_id' ? first.slice(equals + 1) : null;
}

/** xenapi.md §1.3: 1.1 is kept alive unless told `close`, 1.0 is closed unless told `keep-alive`. */
export function isKeptAlive(head: RequestHead): boolean {
  const connection = head.headers.get('connection')?.toLowerCase();
  return head.version === '1.1' ? connection !== 'close' : connection === 'keep-alive';
}

function parseQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    if (equals > 0) query.set(decode(part.slice(0, equals)), decode(part.slice(equals + 1)));
  }
  return query;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign stands for itself.
    return text;
  }
}
