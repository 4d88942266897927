'use client';

import { useCallback, useEffect, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { AcceptAsNew } from './accept-as-new.tsx';
import { AcceptHere, AcceptSigningIn } from './accept-with-account.tsx';
import { LinkFrame, Refusal } from './link-frame.tsx';
import { LinkOver } from './link-over.tsx';
import { postCall } from './post-call.ts';
import { readInvitation, type ShownInvitation } from './shown-invitation.ts';
import { useFragment } from './use-fragment.ts';

type Seen = ShownInvitation | 'looking' | 'over' | 'away';

/** What an invitation is, and the way in: as a new person, by signing in, or as who is signed in already. */
export function InvitationPage() {
  const t = useWords();
  const link = useFragment();
  const [seen, setSeen] = useState<Seen>('looking');
  const look = useCallback(async () => {
    if (link === undefined) return;
    if (link === '') return setSeen('over');
    const answer = await postCall('links.lookAtInvitation', { link });
    setSeen(
      answer.kind === 'ok'
        ? (readInvitation(answer.data) ?? 'away')
        : answer.kind === 'away'
          ? 'away'
          : 'over',
    );
  }, [link]);
  useEffect(() => void look(), [look]);
  const over = () => setSeen('over');
  if (seen === 'looking') return <LinkFrame title={t('invitation.title')} sentence={t('app.loading')} />;
  if (seen === 'over')
    return (
      <LinkOver>
        <LinkButton href="/sign-in">{t('reset.back')}</LinkButton>
      </LinkOver>
    );
  if (seen === 'away')
    return (
      <LinkFrame title={t('invitation.title')}>
        <Refusal message={t('link.away')} />
        <Button onClick={() => void look()}>{t('app.retry')}</Button>
      </LinkFrame>
    );
  const shown = { link: link ?? '', invitation: seen, onOver: over, onLook: () => void look() };
  switch (seen.case) {
    case 'new':
      return <AcceptAsNew {...shown} />;
    case 'sign-in':
      return <AcceptSigningIn {...shown} />;
    case 'yours':
      return <AcceptHere {...shown} />;
    case 'other':
      return <OtherAddress onSwitched={() => void look()} />;
  }
}

/** Somebody else is signed in here: the invitation waits for who it was sent to. */
function OtherAddress({ onSwitched }: { onSwitched: () => void }) {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const change = async () => {
    setBusy(true);
    await postCall('auth.signOut', {});
    setBusy(false);
    onSwitched();
  };
  return (
    <LinkFrame title={t('invite.other.title')} sentence={t('invite.other.sentence')}>
      <Button kind="primary" busy={busy ? t('invite.other.busy') : null} onClick={() => void change()}>
        {t('invite.other.button')}
      </Button>
      <LinkButton href="/organisations" kind="quiet">
        {t('invite.other.stay')}
      </LinkButton>
    </LinkFrame>
  );
}
