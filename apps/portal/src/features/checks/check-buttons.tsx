'use client';

import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { useRunCheck } from './use-checks.ts';

/** From a host's row to a check of it. */
export function CheckHost({
  org,
  poolId,
  host,
}: {
  org: string;
  poolId: string;
  host: { id: string; name: string };
}) {
  const t = useWords();
  const start = useRunCheck(org);
  return (
    <Button
      size="small"
      kind="quiet"
      aria-label={t('checks.host', { host: host.name })}
      onClick={() => start.mutate({ org, id: poolId, hostId: host.id })}
      busy={start.isPending ? t('checks.running') : null}
    >
      {t('checks.check')}
    </Button>
  );
}

/** From a machine's page to a check of its console; for those alone who manage its pool. */
export function CheckConsole({ org, poolId, vmId }: { org: string; poolId: string; vmId: string }) {
  const t = useWords();
  const start = useRunCheck(org);
  return (
    <Button
      kind="quiet"
      onClick={() => start.mutate({ org, id: poolId, vmId })}
      busy={start.isPending ? t('checks.running') : null}
    >
      {t('checks.machine.check')}
    </Button>
  );
}
