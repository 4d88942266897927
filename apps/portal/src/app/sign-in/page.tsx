import { Suspense } from 'react';
import { loadEnv } from '../../env.ts';
import { SecureContextNote } from '../../features/sign-in/secure-context-note.tsx';
import { SignInForm } from '../../features/sign-in/sign-in-form.tsx';
import { signInWords, TIME_MARK } from '../../features/sign-in/sign-in-words.ts';
import { Mark } from '../../ui/mark.tsx';
import { serverWords } from '../../words/server-words.ts';

export const metadata = { title: serverWords('signIn.title') };

export default function SignInPage() {
  const words = signInWords();
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-[392px] content-center px-4 py-12 sm:pb-[16vh]">
      <p className="flex items-center gap-2 pb-8 font-semibold text-lg">
        <Mark className="size-6 text-accent" />
        {serverWords('app.name')}
      </p>
      <h1 className="font-semibold text-2xl">{serverWords('signIn.title')}</h1>
      <p className="pt-1 pb-8 text-ink-2">{serverWords('signIn.tagline')}</p>
      <SecureContextNote title={words.insecureTitle} sentence={words.insecureSentence} />
      <Suspense>
        <SignInForm words={words} timeMark={TIME_MARK} signUp={loadEnv().signUp} />
      </Suspense>
    </main>
  );
}
