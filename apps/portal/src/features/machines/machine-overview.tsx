'use client';

import { Monitor, MonitorDown, SquareTerminal } from 'lucide-react';
import type { Machine } from '../../server/machines/get-machine.ts';
import type { ConsoleChoice } from '../../server/machines/machine.ts';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { memoryAmount } from '../../ui/format-amount.ts';
import { exactTime, untilTime } from '../../ui/format-time.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { initials } from '../../ui/presence.tsx';
import { useWords } from '../../words/use-words.ts';
import { CheckConsole } from '../checks/check-buttons.tsx';
import { OpenConsoleButton } from '../console/open-console-button.tsx';
import { AskAccess } from '../requests/ask-access.tsx';
import { noConsoleWord } from './no-console-word.ts';
import { rdpAddress, rdpFile, rdpFileName } from './rdp-file.ts';
import { useMachine } from './use-machine.ts';

/** Which console is best and why, who is here, and the facts. */
export function MachineOverview() {
  const t = useWords();
  const { org, query } = useMachine();
  const machine = query.data;
  if (machine === undefined) return null;
  return (
    <div className="grid gap-12 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <div className="grid content-start gap-12">
        <section>
          <h2 className="pb-2 font-medium text-lg">{t('machine.consoles')}</h2>
          <ul className="border-t">
            {machine.consoles.map((choice) => (
              <ConsoleLine key={choice.kind} org={org} machine={machine} choice={choice} />
            ))}
            <RdpLine machine={machine} />
          </ul>
          <div className="flex flex-wrap items-center gap-2 pt-2 empty:hidden">
            {/* Nothing that is given opens a console while it is locked. */}
            {!machine.isLocked && <AskAccess org={org} vmId={machine.id} machine={machine.name} />}
          </div>
          {machine.checkPoolId !== null && (
            <div className="pt-2">
              <CheckConsole org={org} poolId={machine.checkPoolId} vmId={machine.id} />
            </div>
          )}
        </section>
        <Here machine={machine} />
      </div>
      <section>
        <h2 className="pb-4 font-medium text-lg">{t('machine.facts')}</h2>
        <Facts machine={machine} />
      </section>
    </div>
  );
}

function ConsoleLine({ org, machine, choice }: { org: string; machine: Machine; choice: ConsoleChoice }) {
  const t = useWords();
  const Icon = choice.kind === 'screen' ? Monitor : SquareTerminal;
  const mayLook = machine.rights.includes('look');
  const reason = !mayLook
    ? t(machine.isLocked ? 'machines.locked' : 'machines.noLook', { machine: machine.name })
    : choice.available || choice.reason === null
      ? null
      : t('machine.notOffered', { reason: noConsoleWord(choice.reason, t) });
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
      <Icon aria-hidden className="size-5 shrink-0 text-ink-2" />
      <div className="grid min-w-0 flex-1">
        <span className="font-medium">{t(`console.${choice.kind}`)}</span>
        <span className="text-ink-2 text-sm">
          {reason ?? (choice.best ? t('machine.bestBecause', { kind: choice.kind }) : t('machine.offered'))}
        </span>
      </div>
      <OpenConsoleButton
        org={org}
        vmId={machine.id}
        kind={choice.kind}
        lookOnly={mayLook && !machine.rights.includes('type')}
        reason={reason}
      >
        {choice.kind === 'screen' ? t('machine.openScreen') : t('machine.openText')}
      </OpenConsoleButton>
    </li>
  );
}

/** Goes past Porthole: the person's own client and network reach the machine, or don't. */
function RdpLine({ machine }: { machine: Machine }) {
  const t = useWords();
  const address = rdpAddress(machine);
  if (address === null) return null;
  return (
    <li className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-b py-2">
      <MonitorDown aria-hidden className="size-5 shrink-0 text-ink-2" />
      <div className="grid min-w-0 flex-1">
        <span className="font-medium">{t('machine.rdp')}</span>
        <span className="text-ink-2 text-sm">{t('machine.rdpSentence', { address })}</span>
      </div>
      <a
        href={`data:application/x-rdp,${encodeURIComponent(rdpFile(address))}`}
        download={rdpFileName(machine.name)}
        className="press inline-flex min-h-(--control) shrink-0 items-center rounded-md border border-edge! bg-surface px-3 font-medium text-ink hover:bg-hover"
      >
        {t('machine.rdpDownload')}
      </a>
    </li>
  );
}

function Here({ machine }: { machine: Machine }) {
  const t = useWords();
  return (
    <section>
      <h2 className="pb-2 font-medium text-lg">{t('machine.hereNow')}</h2>
      {machine.here.length === 0 ? (
        <p className="text-ink-2 text-sm">{t('machine.nobody')}</p>
      ) : (
        <ul className="grid gap-2 text-sm">
          {machine.here.map((person) => (
            <li key={person.personId} className="flex items-center gap-3">
              <span
                aria-hidden
                className="grid size-7 place-items-center rounded-full bg-picked font-medium text-xs"
              >
                {initials(person.name)}
              </span>
              <bdi translate="no">{person.name}</bdi>
              <span className="text-ink-2">
                {person.typing ? t('presence.typing') : t('presence.looking')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Facts({ machine }: { machine: Machine }) {
  const t = useWords();
  const missing = (words: string) => <span className="text-ink-3">{words}</span>;
  return (
    <KeyValues>
      <KeyValue label={t('machine.addresses')}>
        {machine.addresses.length === 0 ? (
          missing(t('machine.noAddress'))
        ) : (
          <span className="flex flex-wrap gap-2">
            {machine.addresses.map((address) => (
              <CopyChip key={address} value={address} label={t('machines.address')} max={40} />
            ))}
          </span>
        )}
      </KeyValue>
      <KeyValue label={t('machine.guest')}>
        {machine.osName === null ? missing(t('machine.noGuest')) : <bdi translate="no">{machine.osName}</bdi>}
      </KeyValue>
      <KeyValue label={t('machine.memory')}>
        {machine.memoryBytes === null ? missing(t('app.none')) : memoryAmount(machine.memoryBytes, t)}
      </KeyValue>
      <KeyValue label={t('machine.cpus')}>{machine.vcpus ?? missing(t('app.none'))}</KeyValue>
      {machine.startedAt !== null && (
        <KeyValue label={t('machine.started')}>
          <time dateTime={machine.startedAt.toISOString()}>{exactTime(machine.startedAt)}</time>
        </KeyValue>
      )}
      <KeyValue label={t('machine.tags')}>
        {machine.tags.length === 0 ? missing(t('machine.noTags')) : <bdi>{machine.tags.join(', ')}</bdi>}
      </KeyValue>
      <KeyValue label={t('machine.description')}>
        {machine.description === '' ? (
          missing(t('machine.noDescription'))
        ) : (
          <bdi translate="no">{machine.description}</bdi>
        )}
      </KeyValue>
      <KeyValue label={t('machine.yourAccess')}>
        <YourAccess machine={machine} />
      </KeyValue>
      <KeyValue label={t('machine.id')}>
        <CopyChip value={machine.id} label={t('machine.id')} max={40} />
      </KeyValue>
      <KeyValue label={t('machine.uuid')}>
        <CopyChip value={machine.uuid} label={t('machine.uuid')} max={40} />
      </KeyValue>
    </KeyValues>
  );
}

function YourAccess({ machine }: { machine: Machine }) {
  const t = useWords();
  const { rights, endsAt } = machine.access;
  if (machine.isLocked) return t('machines.locked', { machine: machine.name });
  if (rights.length === 0) return t('machine.noRights');
  const words = rights.map((right) => t(`right.${right}`)).join(', ');
  return endsAt === null ? words : t('machine.accessUntil', { rights: words, time: untilTime(endsAt) });
}
