'use client';

import type { ReactNode } from 'react';
import { IntlProvider } from 'use-intl/react';
import words from './en.json';

/** Gives every component below it the catalogue; a missing key fails loudly in development and in tests. */
export function WordsProvider({ children }: { children: ReactNode }) {
  return (
    <IntlProvider locale="en" messages={words} timeZone={browserZone()}>
      {children}
    </IntlProvider>
  );
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
