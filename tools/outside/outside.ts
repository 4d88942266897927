import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CLIENT, type Issuer, startIssuer } from '../../apps/portal/src/server/testing/issuer.ts';
import type { Elsewhere } from '../stack/launch-stack.ts';
import { type NameServer, startNameServer } from './name-server.ts';

/** An issuer of single sign-on and a name server, outside of the product, and what a stack is told about both. */
export interface Outside {
  issuer: Issuer;
  /** What the issuer knows the portal by. */
  client: typeof CLIENT;
  names: NameServer;
  elsewhere: Elsewhere;
  end(): void;
}

export async function startOutside(origin: string): Promise<Outside> {
  const issuer = await startIssuer(`${origin}/sign-in/single-sign-on`);
  const names = await startNameServer();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'porthole-issuer-'));
  const authorityFile = path.join(folder, 'authority.pem');
  writeFileSync(authorityFile, issuer.certificate);
  return {
    issuer,
    client: CLIENT,
    names,
    elsewhere: { issuer: new URL(issuer.url).host, authorityFile, nameServer: names.endpoint },
    end: () => {
      issuer.end();
      names.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
