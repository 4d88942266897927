import { AppError } from '@porthole/errors';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Deps } from '../deps.ts';
import { inOrg } from '../inputs.ts';

export const readProbeInput = z.strictObject({ ...inOrg, probeId: z.uuid() });

export interface SeenCertificate {
  fingerprint256: string;
  subject: string;
  issuer: string;
  validFrom: string;
  validTo: string;
  tlsVersion: string;
}

export interface ProbeResult {
  status: 'waiting' | 'seen' | 'failed';
  address: string;
  port: number;
  /** A code of ours such as `egress/denied`. */
  failure: string | null;
  certificate: SeenCertificate | null;
}

export async function readProbe(
  _deps: Deps,
  _actor: Actor,
  _input: z.infer<typeof readProbeInput>,
): Promise<ProbeResult> {
  throw new AppError({ code: 'portal/not-built' });
}
