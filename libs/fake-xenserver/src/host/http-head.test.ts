import { describe, expect, it } from 'vitest';
import { isKeptAlive, parseHead, sessionCookie } from './http-head.ts';

const head = (text: string) => {
  const parsed = parseHead(text);
  if (!parsed) throw new Error('not a head');
  return parsed;
};

describe('parseHead', () => {
  it('reads method, path, query, version and headers', () => {
    const parsed = head('CONNECT /console?uuid=a-b&ref=OpaqueRef:c HTTP/1.0\r\nHost: h\r\nX-Y:z');
    expect(parsed).toMatchObject({ method: 'CONNECT', path: '/console', version: '1.0' });
    expect([...parsed.query]).toEqual([
      ['uuid', 'a-b'],
      ['ref', 'OpaqueRef:c'],
    ]);
    expect(parsed.headers.get('x-y')).toBe('z');
  });

  it('refuses a request line that is not exactly three words (xenapi.md §10.9)', () => {
    expect(parseHead('CONNECT /console?uuid=a b HTTP/1.0')).toBeNull();
    expect(parseHead('CONNECT /console')).toBeNull();
  });

  it('refuses other protocols and lines without a colon', () => {
    expect(parseHead('GET / HTTP/2.0')).toBeNull();
    expect(parseHead('GET / HTTP/1.1\r\nnonsense')).toBeNull();
  });
});

describe('sessionCookie', () => {
  const withCookie = (cookie: string) => sessionCookie(head(`GET / HTTP/1.1\r\nCookie: ${cookie}`));

  it('finds the session in the first cookie', () => {
    expect(withCookie('session_id=OpaqueRef:1')).toBe('OpaqueRef:1');
    expect(withCookie('session_id=OpaqueRef:1; a=b')).toBe('OpaqueRef:1');
  });

  it('does not find it behind another cookie (xenapi.md §10.8)', () => {
    expect(withCookie('a=b; session_id=OpaqueRef:1')).toBeNull();
  });

  it('finds none without a cookie', () => {
    expect(sessionCookie(head('GET / HTTP/1.1'))).toBeNull();
  });
});

describe('isKeptAlive', () => {
  it('keeps 1.1 unless told to close, closes 1.0 unless told to keep', () => {
    expect(isKeptAlive(head('GET / HTTP/1.1'))).toBe(true);
    expect(isKeptAlive(head('GET / HTTP/1.1\r\nConnection: close'))).toBe(false);
    expect(isKeptAlive(head('GET / HTTP/1.0'))).toBe(false);
    expect(isKeptAlive(head('GET / HTTP/1.0\r\nConnection: Keep-Alive'))).toBe(true);
  });
});
