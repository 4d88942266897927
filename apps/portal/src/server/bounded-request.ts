/** The largest call is a pool with its allotments; a batch holds ten calls. */
export const MAX_BODY_BYTES = 256 * 1024;

/**
 * The status to refuse a request with before a byte of its body is read, or null. Browsers always say how long a
 * body is, so one without a length is nobody's page.
 */
export function bodyRefusal(headers: Headers, method: string): 411 | 413 | null {
  if (method === 'GET' || method === 'HEAD') return null;
  const length = headers.get('content-length');
  if (length === null || !/^\d{1,12}$/.test(length)) return 411;
  return Number(length) > MAX_BODY_BYTES ? 413 : null;
}
