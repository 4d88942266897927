'use client';

import { serverWords } from '../words/server-words.ts';

/** Where even the layout could not be drawn: no provider, no style of ours can be counted on. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body
        style={{
          fontFamily: 'system-ui, sans-serif',
          padding: '3rem 1rem',
          maxWidth: '68ch',
          margin: 'auto',
        }}
      >
        <h1 style={{ fontSize: '1.25rem' }}>{serverWords('app.fault.title')}</h1>
        <p>{serverWords('app.fault.sentence')}</p>
        <button type="button" onClick={reset}>
          {serverWords('app.fault.button')}
        </button>
      </body>
    </html>
  );
}
