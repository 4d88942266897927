'use client';

import { useState } from 'react';
import { Field } from '../../ui/field.tsx';
import { useWords } from '../../words/use-words.ts';
import { LinkForm } from '../links/link-form.tsx';
import { LinkFrame } from '../links/link-frame.tsx';
import { useCall } from '../links/use-call.ts';
import { readDoor, type ShownDoor } from './shown-door.ts';

/** Digits of a code in a mail (`CODE_DIGITS` of the courier). */
const DIGITS = 8;

/** The code from the mailbox: what shows that the guest is who was invited. */
export function ProveForm({
  email,
  onSeen,
  onOver,
}: {
  email: string;
  onSeen: (seen: ShownDoor) => void;
  onOver: () => void;
}) {
  const t = useWords();
  const { busy, message, call } = useCall();
  const [code, setCode] = useState('');
  const [tried, setTried] = useState(false);
  const digits = code.replaceAll(/\D/g, '');
  const submit = async () => {
    setTried(true);
    if (digits.length !== DIGITS) return;
    const answer = await call('door.prove', { code: digits });
    const shown = answer.kind === 'ok' ? readDoor(answer.data) : null;
    if (shown !== null) onSeen(shown);
    else if (answer.kind === 'refused' && answer.code === 'auth/link-over') onOver();
  };
  return (
    <LinkFrame title={t('door.prove.title')} sentence={t('door.prove.sentence', { email })}>
      <LinkForm
        submit={t('door.prove.button')}
        working={t('door.prove.busy')}
        busy={busy}
        message={message}
        onSubmit={submit}
        after={<p className="text-ink-2 text-sm">{t('door.prove.again')}</p>}
      >
        <Field
          label={t('door.prove.code')}
          hint={t('door.prove.hint', { n: DIGITS })}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          mono
          autoFocus
          value={code}
          onChange={setCode}
          error={tried && digits.length !== DIGITS ? t('door.prove.missing', { n: DIGITS }) : null}
        />
      </LinkForm>
    </LinkFrame>
  );
}
