import { getDeps } from '../../../server/deps.ts';
import { comeBack } from '../../../server/single-sign-on/come-back.ts';

export const dynamic = 'force-dynamic';

/** Where an issuer sends the browser back. */
export function GET(request: Request): Promise<Response> {
  return comeBack(getDeps(), request);
}
