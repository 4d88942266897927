'use client';

import { Button } from '../../ui/button.tsx';
import { clockTime } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { useNow } from '../console/use-now.ts';
import { LinkFrame, Refusal } from '../links/link-frame.tsx';
import { useCall } from '../links/use-call.ts';
import { type ProvedDoor, readDoor, type ShownDoor } from './shown-door.ts';

const MINUTE_MS = 60_000;

/** Outside: before the knock, waiting, without an answer, not let in, or after the visit. */
export function AtDoor({
  door,
  onSeen,
  onLook,
}: {
  door: ProvedDoor;
  onSeen: (seen: ShownDoor) => void;
  onLook: () => Promise<void>;
}) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const { step, inviter, machine, org } = door;
  const now = useNow(step === 'waiting');
  const knock = async () => {
    const answer = await call('door.knock', {});
    const shown = answer.kind === 'ok' ? readDoor(answer.data) : null;
    if (shown !== null) onSeen(shown);
    else await onLook();
  };
  const leave = async () => {
    await call('door.leave', {});
    await onLook();
  };
  const m =
    door.knockedAt === null ? 0 : Math.max(0, Math.floor((now - door.knockedAt.getTime()) / MINUTE_MS));
  const time = clockTime(door.endedAt ?? door.endsAt);
  const values = { inviter, machine, org, m, time, case: step };
  const knocks = step === 'knock' || step === 'unanswered';
  return (
    <LinkFrame title={t('door.wait.title', values)} sentence={t('door.wait.sentence', values)}>
      <div role="status" data-testid="door-state" data-state={step} className="tabular text-ink-2 text-sm">
        {step === 'waiting' && t('door.wait.since', { m })}
      </div>
      <Refusal message={message} />
      {knocks && (
        <Button kind="primary" busy={busy ? t('door.wait.knocking') : null} onClick={() => void knock()}>
          {t('door.wait.knock', { case: step })}
        </Button>
      )}
      {(knocks || step === 'waiting') && (
        <Button kind="quiet" onClick={() => void leave()}>
          {t('door.wait.leave')}
        </Button>
      )}
    </LinkFrame>
  );
}
