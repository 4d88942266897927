import './globals.css';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import {
  DENSITY_COOKIE,
  LETTERS_COOKIE,
  readDensity,
  readLetters,
  readTheme,
  THEME_COOKIE,
} from '../features/account/appearance.ts';
import { serverWords } from '../words/server-words.ts';

// Every page carries the nonce of its request (architecture §7).
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: serverWords('app.name'), template: `%s · ${serverWords('app.name')}` },
  icons: { icon: '/icon.svg' },
  referrer: 'no-referrer',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f8fafb' },
    { media: '(prefers-color-scheme: dark)', color: '#0d1216' },
  ],
};

/** Theme, density and whether single keys act come from a cookie as data attributes, so nothing flashes (design §8). */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  const theme = readTheme(jar.get(THEME_COOKIE)?.value);
  const density = readDensity(jar.get(DENSITY_COOKIE)?.value);
  const letters = readLetters(jar.get(LETTERS_COOKIE)?.value);
  return (
    <html
      lang="en"
      data-theme={theme === 'system' ? undefined : theme}
      data-density={density === 'compact' ? density : undefined}
      data-letters={letters === 'off' ? letters : undefined}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body>{children}</body>
    </html>
  );
}
