'use client';

import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { LinkButton } from '../../ui/link-button.tsx';
import { useWords } from '../../words/use-words.ts';
import { LinkFrame, Refusal } from './link-frame.tsx';
import { LinkOver } from './link-over.tsx';
import { useCall } from './use-call.ts';
import { useFragment } from './use-fragment.ts';

/** A new address of mail is taken by a press, not by the visit alone: programs that look at mails visit links, too. */
export function ConfirmPage() {
  const t = useWords();
  const link = useFragment();
  const { busy, message, call } = useCall();
  const [end, setEnd] = useState<{ email: string } | 'over' | null>(null);
  const confirm = async () => {
    const answer = await call('links.confirmEmail', { link: link ?? '' });
    if (answer.kind === 'ok') setEnd({ email: String(answer.data.email) });
    if (answer.kind === 'refused') setEnd('over');
  };
  if (link === '' || end === 'over')
    return (
      <LinkOver>
        <LinkButton href="/account/email" kind="primary">
          {t('link.over.button')}
        </LinkButton>
      </LinkOver>
    );
  if (end !== null)
    return (
      <LinkFrame title={t('email.done.title')} sentence={t('email.done.sentence', { email: end.email })}>
        <LinkButton href="/organisations" kind="primary">
          {t('email.done.button')}
        </LinkButton>
      </LinkFrame>
    );
  return (
    <LinkFrame title={t('email.confirm.title')} sentence={t('email.confirm.sentence')}>
      <Refusal message={message} />
      <Button
        kind="primary"
        reason={link === undefined ? t('app.loading') : null}
        busy={busy ? t('email.confirm.busy') : null}
        onClick={() => void confirm()}
      >
        {t('email.confirm.button')}
      </Button>
    </LinkFrame>
  );
}
