import type { Deps } from '../deps-type.ts';
import { Browser } from './browser.ts';

/** A program before the API, as curl sends it: a token, JSON where there is a body, and nothing that a browser adds. */
export function programWith(deps: Deps, token: string, ip = '198.51.100.20'): Browser {
  const program = new Browser(deps, ip);
  program.headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return program;
}
