'use client';

import { useCallback, useEffect, useState } from 'react';
import type { ConfirmWish } from '../../trpc/confirm-broker.ts';
import { useConfirmBroker } from '../../trpc/trpc-provider.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useWords } from '../../words/use-words.ts';
import { ConfirmForm } from './confirm-form.tsx';
import { useMe } from './use-me.ts';

interface Asked {
  wish: ConfirmWish;
  answer: (proved: boolean) => void;
}

/** The one place that asks who it is: whatever call needs a proof waits here, and goes on by itself after it. */
export function ConfirmYou() {
  const broker = useConfirmBroker();
  const [asked, setAsked] = useState<readonly Asked[]>([]);
  useEffect(
    () =>
      broker.attach((wish) => new Promise((answer) => setAsked((others) => [...others, { wish, answer }]))),
    [broker],
  );
  const settle = useCallback((proved: boolean) => {
    setAsked((all) => {
      for (const { answer } of all) answer(proved);
      return [];
    });
  }, []);
  const [first] = asked;
  return first === undefined ? null : <Question wish={first.wish} onEnd={settle} />;
}

function Question({ wish, onEnd }: { wish: ConfirmWish; onEnd: (proved: boolean) => void }) {
  const t = useWords();
  const me = useMe();
  const named = me.data?.organisations.find(({ slug }) => slug === wish.org)?.name ?? wish.org;
  const byFactor = wish.proof === 'factor' && named !== null;
  return (
    <Dialog
      open
      onClose={() => onEnd(false)}
      title={t('open.factor.title')}
      description={byFactor ? t('open.factor.sentence', { org: named }) : t('confirm.sentence')}
      className="sm:w-[440px]"
    >
      <ConfirmForm wish={wish} onProved={() => onEnd(true)} onCancel={() => onEnd(false)} />
    </Dialog>
  );
}
