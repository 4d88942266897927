import { describe, expect, it } from 'vitest';
import { headersForPortal, headersForRelay, withoutHopByHop } from './header-rules.ts';

const seen = { ip: '127.0.0.1', host: 'localhost:4000' };

describe('headers on the way to the portal', () => {
  it('lose every word that only a proxy may say, and get our own', () => {
    const forged = {
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-port': '1',
      'x-real-ip': '10.0.0.1',
      'x-middleware-subrequest': 'src/proxy:src/proxy',
      forwarded: 'for=10.0.0.1',
      cookie: 'a=b',
    };
    expect(headersForPortal(forged, seen)).toEqual({
      cookie: 'a=b',
      host: 'localhost:4000',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost:4000',
      'x-forwarded-proto': 'http',
    });
  });

  it('keep the API token of a program', () => {
    const authorization = 'Bearer porthole_x';
    expect(headersForPortal({ authorization }, seen).authorization).toBe(authorization);
  });

  it('lose what Connection names (RFC 9110 §7.6.1)', () => {
    const headers = { connection: 'close, X-Secret', 'x-secret': '1', te: 'trailers', accept: '*/*' };
    expect(withoutHopByHop(headers)).toEqual({ accept: '*/*' });
  });
});

describe('headers on the way to a relay', () => {
  it('carry the binder cookie and never the login cookie', () => {
    const cookie =
      '__Host-porthole=login; theme=dark; __Host-porthole_bind=binder; x=__Host-porthole_bind=no';
    expect(headersForRelay({ cookie }, seen).cookie).toBe('__Host-porthole_bind=binder');
    expect(headersForRelay({ cookie: '__Host-porthole=login' }, seen)).not.toHaveProperty('cookie');
  });

  it('are a closed list', () => {
    const headers = {
      authorization: 'Basic x',
      'x-forwarded-for': '1.2.3.4',
      origin: 'http://localhost:4000',
    };
    expect(Object.keys(headersForRelay(headers, seen)).sort()).toEqual([
      'connection',
      'host',
      'origin',
      'upgrade',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
    ]);
  });
});
