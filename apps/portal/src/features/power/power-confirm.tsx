'use client';

import { isForce, type PowerAct } from '@porthole/rbac';
import type { MachineRow } from '../../server/machines/machine.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useWords } from '../../words/use-words.ts';

type Asked = Pick<MachineRow, 'id' | 'name' | 'powerState' | 'here'>;

/** Says who is hit now; what throws memory away wants a name typed (design §7, `ask.force`, `ask.discard`). */
export function PowerConfirm({
  act,
  machines,
  busy,
  onClose,
  onConfirm,
}: {
  act: PowerAct | null;
  machines: readonly Asked[];
  busy: boolean;
  onClose: () => void;
  onConfirm: (act: PowerAct) => void;
}) {
  const t = useWords();
  if (act === null) return null;
  const [only] = machines;
  const one = machines.length === 1 ? only : undefined;
  const people = new Set(machines.flatMap(({ here }) => here.map(({ personId }) => personId))).size;
  const asleep =
    act === 'hard_shutdown' ? machines.filter(({ powerState }) => powerState === 'Suspended') : [];
  const verb = t('power.act', { act });
  const loses = asleep.length > 0;
  const sentence = t(isForce(act) ? 'power.confirm.forced' : 'power.confirm.clean', {
    n: people,
    many: one === undefined ? 'yes' : 'no',
  });
  return (
    <ConfirmDialog
      key={act}
      open
      onClose={onClose}
      title={
        one === undefined
          ? t('power.confirm.many', { act, n: machines.length })
          : loses
            ? t('power.confirm.discardTitle', { machine: one.name })
            : t('power.confirm.title', { act, machine: one.name })
      }
      sentence={
        !loses
          ? sentence
          : one === undefined
            ? `${t('power.confirm.discardMany', { n: asleep.length })} ${sentence}`
            : t('power.confirm.discard')
      }
      button={loses ? t('power.confirm.discardButton') : verb}
      typed={
        loses
          ? {
              name: one?.name ?? String(machines.length),
              label:
                one === undefined
                  ? t('power.confirm.discardManyLabel', { word: String(machines.length) })
                  : t('power.confirm.discardLabel', { machine: one.name }),
            }
          : undefined
      }
      busy={busy ? t('power.doing', { act }) : null}
      onConfirm={() => onConfirm(act)}
    />
  );
}
