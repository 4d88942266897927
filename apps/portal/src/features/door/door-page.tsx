'use client';

import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { useWords } from '../../words/use-words.ts';
import { LinkFrame, Refusal } from '../links/link-frame.tsx';
import { LinkOver } from '../links/link-over.tsx';
import { postCall } from '../links/post-call.ts';
import { useCall } from '../links/use-call.ts';
import { useFragment } from '../links/use-fragment.ts';
import { AtDoor } from './at-door.tsx';
import { ProveForm } from './prove-form.tsx';
import { readDoor, type ShownDoor } from './shown-door.ts';

/** Loaded once somebody is let in: the page of a link is small (design §8). */
const GuestConsole = lazy(() =>
  import('./guest-console.tsx').then((file) => ({ default: file.GuestConsole })),
);

/** How often who waits at the door looks whether somebody has opened, in milliseconds. */
const LOOK_AGAIN_MS = 2_000;

type Seen = { step: 'looking' | 'over-link' | 'away' } | { step: 'link'; email: string } | ShownDoor;

/** Where a guest link leads: prove, knock, wait, and the console, on one page and with no way to another (design §5). */
export function DoorPage() {
  const t = useWords();
  const link = useFragment();
  const [seen, setSeen] = useState<Seen>({ step: 'looking' });
  const look = useCallback(async () => {
    const answer = await postCall('door.visit', {});
    if (answer.kind === 'ok') setSeen(readDoor(answer.data) ?? { step: 'away' });
    else setSeen({ step: answer.kind === 'away' ? 'away' : 'over-link' });
  }, []);
  const begin = useCallback(async () => {
    if (link === undefined) return;
    if (link === '') return look();
    const answer = await postCall('door.look', { link });
    if (answer.kind === 'away') setSeen({ step: 'away' });
    // A link for one visit is spent while its visit goes on in this very browser.
    else if (answer.kind === 'refused') await look();
    else setSeen({ step: 'link', email: String(answer.data.email) });
  }, [link, look]);
  useEffect(() => void begin(), [begin]);

  const waits = seen.step === 'waiting';
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => void look(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [waits, look]);

  switch (seen.step) {
    case 'looking':
      return <LinkFrame title={t('door.title')} sentence={t('app.loading')} />;
    case 'over-link':
      return <LinkOver />;
    case 'away':
      return (
        <LinkFrame title={t('door.title')}>
          <Refusal message={t('link.away')} />
          <Button onClick={() => void begin()}>{t('app.retry')}</Button>
        </LinkFrame>
      );
    case 'link':
      return <Arrive link={link ?? ''} email={seen.email} onSeen={setSeen} />;
    case 'prove':
      return <ProveForm email={seen.email} onSeen={setSeen} onOver={() => setSeen({ step: 'over-link' })} />;
    case 'inside':
      return (
        <Suspense fallback={<LinkFrame title={t('door.title')} sentence={t('app.loading')} />}>
          <GuestConsole door={seen} onLook={look} />
        </Suspense>
      );
    default:
      return <AtDoor door={seen} onSeen={setSeen} onLook={look} />;
  }
}

/** The first step: a code goes to the address that the link names. Nothing more is said before it is shown. */
function Arrive({ link, email, onSeen }: { link: string; email: string; onSeen: (seen: Seen) => void }) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const send = async () => {
    const answer = await call('door.arrive', { link });
    if (answer.kind === 'ok') onSeen(readDoor(answer.data) ?? { step: 'away' });
    else if (answer.kind === 'refused' && answer.code === 'auth/link-over') onSeen({ step: 'over-link' });
  };
  return (
    <LinkFrame title={t('door.title')} sentence={t('door.arrive.sentence', { email })}>
      <Refusal message={message} />
      <Button kind="primary" busy={busy ? t('door.arrive.busy') : null} onClick={() => void send()}>
        {t('door.arrive.button')}
      </Button>
    </LinkFrame>
  );
}
