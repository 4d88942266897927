import { describe, expect, it } from 'vitest';
import { exampleCall } from './api-document.ts';
import { readExample } from './read-example.ts';

const variables = { PORTHOLE: 'https://console.example', PORTHOLE_TOKEN: 'porthole_x' };

describe('an example', () => {
  it('of a query is read as the shell reads it', () => {
    const text = exampleCall('machines.list', {
      type: 'query',
      scope: 'machines',
      input: { org: 'acme', q: 'a&b' },
    });
    const { method, url, headers, body } = readExample(text, variables);
    expect([method, url.pathname, body]).toEqual(['GET', '/api/trpc/machines.list', null]);
    expect(JSON.parse(url.searchParams.get('input') ?? '')).toEqual({ json: { org: 'acme', q: 'a&b' } });
    expect(headers).toEqual({ authorization: 'Bearer porthole_x' });
  });

  it('of a change says what its dates are, and where it comes from where no token does', () => {
    const input = { endsAt: new Date(0) };
    const { method, headers, body } = readExample(
      exampleCall('guests.make', { type: 'mutation', scope: null, input }),
      variables,
    );
    expect([method, headers]).toEqual([
      'POST',
      { origin: 'https://console.example', 'content-type': 'application/json' },
    ]);
    expect(JSON.parse(body ?? '')).toMatchObject({
      json: { endsAt: '1970-01-01T00:00:00.000Z' },
      meta: { values: { endsAt: ['Date'] } },
    });
  });

  it('with what no example has is refused', () => {
    expect(() => readExample('wget x', variables)).toThrow('no curl');
    expect(() => readExample('curl --insecure yes "$PORTHOLE"', variables)).toThrow('an option');
    expect(() => readExample('curl "$HOME"', variables)).toThrow('stands for nothing');
  });
});
