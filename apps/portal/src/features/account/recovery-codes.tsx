'use client';

import { useRouter, useSearchParams } from 'next/navigation';
import { Button } from '../../ui/button.tsx';
import { CopyChip } from '../../ui/copy-chip.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { useWords } from '../../words/use-words.ts';
import { safeNext } from '../sign-in/safe-next.ts';
import { SetUpStep } from './app-set-up.tsx';

interface RecoveryCodesProps {
  codes: readonly string[];
  /** Whether they come with a set-up: as the third step of an app's, or with a passkey. */
  first: 'app' | 'passkey' | null;
  onDone: () => void;
}

/** Ten codes, shown this once. Where an organisation led here, the way goes on to it. */
export function RecoveryCodes({ codes, first, onDone }: RecoveryCodesProps) {
  const t = useWords();
  const router = useRouter();
  const next = safeNext(useSearchParams().get('next'));
  const text = codes.join('\n');
  const done = () => (first !== null && next !== null ? router.push(next) : onDone());
  return (
    <SetUpStep n={first === 'app' ? 3 : null} title={t('security.step.codes')}>
      <p className="max-w-[68ch] text-ink-2">{t('security.recovery.sentence')}</p>
      <ol className="grid max-w-[480px] gap-x-8 gap-y-1 font-mono text-sm sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>
            <bdi translate="no">{code}</bdi>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap items-center gap-2 pt-2">
        <Button kind="primary" onClick={done}>
          {t('security.recovery.kept')}
        </Button>
        <Button
          onClick={() =>
            saveFile('porthole-recovery-codes.txt', new Blob([`${text}\n`], { type: 'text/plain' }))
          }
        >
          {t('security.recovery.download')}
        </Button>
        <CopyChip label={t('security.recovery.title')} value={text} shown={t('app.copy')} />
      </div>
    </SetUpStep>
  );
}
