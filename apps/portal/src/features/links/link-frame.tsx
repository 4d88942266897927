import type { ReactNode } from 'react';
import { Mark } from '../../ui/mark.tsx';
import { useWords } from '../../words/use-words.ts';

/** A page that a mailed link opens: one column, one thing to do, as the sign-in (design §5). */
export function LinkFrame({
  title,
  sentence,
  children,
}: {
  title: string;
  sentence?: ReactNode;
  children?: ReactNode;
}) {
  const t = useWords();
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-[392px] content-center px-4 py-12 sm:pb-[16vh]">
      <title>{t('app.plainTitle', { page: title })}</title>
      <p className="flex items-center gap-2 pb-8 font-semibold text-lg">
        <Mark className="size-6 text-accent" />
        {t('app.name')}
      </p>
      <h1 className="font-semibold text-2xl [overflow-wrap:anywhere]">{title}</h1>
      {sentence !== undefined && <p className="pt-1 text-ink-2 [overflow-wrap:anywhere]">{sentence}</p>}
      {children !== undefined && <div className="grid gap-4 pt-8">{children}</div>}
    </main>
  );
}

/** A refusal in the words of the server, over the form that it concerns. */
export function Refusal({ message }: { message: string | null }) {
  return message === null ? (
    <div aria-live="assertive" />
  ) : (
    <div aria-live="assertive" className="rounded-md bg-bad-soft px-4 py-3 text-ink text-sm">
      {message}
    </div>
  );
}
