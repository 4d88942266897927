import { describe, expect, it } from 'vitest';
import { checkConsoleLocation, locationJudge } from './check-console-location.ts';

const POOL = ['10.0.0.1', '10.0.0.2', '2001:4860::1', 'xen-3.example.com', '127.0.0.1:7443'];
const QUERY = '?uuid=3f1b2c4d-1111-2222-3333-444455556666';
const REF = '?ref=OpaqueRef:3f1b2c4d-1111-2222-3333-444455556666';

describe('checkConsoleLocation', () => {
  it.each([
    `https://10.0.0.1/console${QUERY}`,
    `https://10.0.0.2/console${REF}`,
    `https://10.0.0.2:443/console${REF}`,
    `https://[2001:4860::1]/console${QUERY}`,
    `https://XEN-3.example.com/console${QUERY}`,
    `https://127.0.0.1:7443/console${QUERY}`,
    `https:///console${QUERY}`,
    '',
  ])('takes %j', (location) => {
    expect(checkConsoleLocation(location, POOL)).toBe('ok');
  });

  it('judges the same however many spellings were read before', () => {
    const judge = locationJudge(POOL);
    const verdicts = Array.from({ length: 2_048 }, (_, at) => {
      const host = `10.${at >> 8}.${at & 255}.9`;
      return [`https://${host}/console${QUERY}`, `https://10.0.0.1/console${QUERY}`].map((location) =>
        judge(location),
      );
    });
    expect(new Set(verdicts.map((both) => both.join()))).toEqual(new Set(['rejected,ok']));
  });

  it('calls a member stale that is not the resident one', () => {
    const location = `https://10.0.0.1/console${QUERY}`;
    expect(checkConsoleLocation(location, POOL, '10.0.0.1')).toBe('ok');
    expect(checkConsoleLocation(location, POOL, '10.0.0.2')).toBe('stale');
  });

  it.each([
    `https://10.0.0.9/console${QUERY}`,
    `https://169.254.169.254/console${QUERY}`,
    `http://10.0.0.1/console${QUERY}`,
    `https://10.0.0.1:8443/console${QUERY}`,
    `https://127.0.0.1/console${QUERY}`,
    `https://10.0.0.1@evil.example/console${QUERY}`,
    `https://evil.example/10.0.0.1/console${QUERY}`,
    `https://10.0.0.1/consoles${QUERY}`,
    `https://10.0.0.1/../console${QUERY}`,
    `https://10.0.0.1/%63onsole${QUERY}`,
    `https://10.0.0.1/console/${QUERY}`,
    `https://10.0.0.1/console${QUERY}&uuid=x`,
    `https://10.0.0.1/console${QUERY}#x`,
    'https://10.0.0.1/console',
    'https://10.0.0.1/console?ref=OpaqueRef:NULL',
    'https://10.0.0.1/console?ref=OpaqueRef:x y',
    `https://10.0.0.1\\@evil.example/console${QUERY}`,
    `https://10.0.0.1\t/console${QUERY}`,
    `https://10.0.0.1/console${QUERY}\r\nHost: evil`,
    `//10.0.0.1/console${QUERY}`,
    'file:///etc/passwd',
    'javascript:alert(1)',
    `https:////evil.example/console${QUERY}`,
    `https://10.0.0.1/console${REF}${'a'.repeat(600)}`,
  ])('rejects %j', (location) => {
    expect(checkConsoleLocation(location, POOL)).toBe('rejected');
  });
});
