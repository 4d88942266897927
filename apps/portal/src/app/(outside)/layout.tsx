import type { ReactNode } from 'react';
import { WordsProvider } from '../../words/words-provider.tsx';

/** What mailed links open: no navigation, nobody has to be signed in, and none of the client of the pages inside. */
export default function OutsideLayout({ children }: { children: ReactNode }) {
  return <WordsProvider>{children}</WordsProvider>;
}
