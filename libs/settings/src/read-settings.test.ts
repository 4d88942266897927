import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings, SettingsError } from './read-settings.ts';
import { egressShape, keyFilesSchema, noDemoInProduction } from './schemas.ts';

const schema = z
  .object({ ...egressShape, PORTHOLE_KEY_FILE: keyFilesSchema })
  .refine(noDemoInProduction.allows, noDemoInProduction.problem);

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    readSettings('the test', schema, source);
    return [];
  } catch (error) {
    return error instanceof SettingsError ? error.problems : [String(error)];
  }
}

describe('reading settings', () => {
  it('gives lists without blanks, and none for what is absent', () => {
    const settings = readSettings('the test', schema, {
      PORTHOLE_KEY_FILE: ' a.key , ,b.key',
      PORTHOLE_ALLOWED_PORTS: '443, 8443',
    });
    expect(settings).toMatchObject({
      PORTHOLE_KEY_FILE: ['a.key', 'b.key'],
      PORTHOLE_ALLOWED_PORTS: [443, 8443],
      PORTHOLE_ALLOWED_CIDRS: [],
    });
  });

  it('tells every problem at once, each by its name, and no value', () => {
    const problems = problemsOf({ PORTHOLE_ALLOWED_PORTS: 'canary-80' });
    expect(problems.map((problem) => problem.split(/[.:]/)[0])).toEqual([
      'PORTHOLE_ALLOWED_PORTS',
      'PORTHOLE_KEY_FILE',
    ]);
    expect(problems.join()).not.toContain('canary');
  });

  it('refuses loopback for the demo in production alone', () => {
    const demo = { PORTHOLE_KEY_FILE: 'a', PORTHOLE_DEMO_ENDPOINTS: '127.0.0.1:4443' };
    expect(problemsOf(demo)).toEqual([]);
    expect(problemsOf({ ...demo, NODE_ENV: 'production' })).toEqual([]);
    expect(problemsOf({ ...demo, NODE_ENV: 'production', PORTHOLE_PROFILE: 'production' })).toEqual([
      'PORTHOLE_DEMO_ENDPOINTS: refused in production: it opens loopback',
    ]);
  });
});
