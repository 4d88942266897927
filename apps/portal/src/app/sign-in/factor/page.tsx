import { Suspense } from 'react';
import { FactorForm } from '../../../features/sign-in/factor-form.tsx';
import { factorWords, TIME_MARK } from '../../../features/sign-in/sign-in-words.ts';
import { Mark } from '../../../ui/mark.tsx';
import { serverWords } from '../../../words/server-words.ts';

export const metadata = { title: serverWords('factor.title') };

export default function FactorPage() {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-[392px] content-center px-4 py-12 sm:pb-[16vh]">
      <p className="flex items-center gap-2 pb-8 font-semibold text-lg">
        <Mark className="size-6 text-accent" />
        {serverWords('app.name')}
      </p>
      <h1 className="font-semibold text-2xl">{serverWords('factor.title')}</h1>
      <p className="pt-1 pb-8 text-ink-2">{serverWords('factor.tagline')}</p>
      <Suspense>
        <FactorForm words={factorWords()} timeMark={TIME_MARK} />
      </Suspense>
    </main>
  );
}
