import type { RequestHead } from './http-head.ts';

const CRLF = '\r\n';

/** xenapi.md §0.2: the literal bytes of success, also to a request of HTTP/1.0. */
export const TUNNEL_HEAD =
  'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nCache-Control: no-cache, no-store\r\n\r\n';

/**
 * An error page. xenapi.md §4.3: the status line follows the version of the request, the names of the headers are
 * in lower case, the body is HTML.
 */
export function errorPage(
  version: RequestHead['version'],
  status: string,
  text: string,
  headers: readonly string[] = [],
): string {
  const reason = status.slice(4);
  const body = `<html><body><h1>HTTP ${status.slice(0, 3)} ${escapeHtml(reason)}</h1>${escapeHtml(text)}</body></html>`;
  return [
    `HTTP/${version} ${status}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    'cache-control: no-cache, no-store',
    'content-type: text/html; charset=utf-8',
    ...headers,
    '',
    body,
  ].join(CRLF);
}

/** xenapi.md §4.3: the bare answers have no body and a fixed version. */
export function bareAnswer(status: string): string {
  return [`HTTP/1.0 ${status}`, 'Connection: close', 'Cache-Control: no-cache, no-store', '', ''].join(CRLF);
}

export function unauthorised(version: RequestHead['version']): string {
  return errorPage(version, '401 Unauthorised', 'You must authenticate.', [
    'WWW-Authenticate: Basic realm="connect_console"',
  ]);
}

export function forbidden(version: RequestHead['version']): string {
  return errorPage(version, '403 Forbidden', 'You do not have permission to do this.');
}

/** xenapi.md §0.8, §4.3: one and the same 500 for everything; the reason is just the name of an exception. */
export function internalError(version: RequestHead['version'], exception: string): string {
  return errorPage(version, '500 Internal Error', exception);
}

/** An answer to a call; its connection lives on unless the request said otherwise. */
export function rpcAnswer(
  head: RequestHead,
  contentType: string,
  body: string,
  more: readonly string[],
): string {
  return [
    `HTTP/${head.version} 200 OK`,
    `content-length: ${Buffer.byteLength(body)}`,
    `content-type: ${contentType}`,
    'cache-control: no-cache, no-store',
    'access-control-allow-origin: *',
    ...more,
    '',
    body,
  ].join(CRLF);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
