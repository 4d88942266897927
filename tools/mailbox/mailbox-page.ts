import type { CaughtMail } from './mailbox.ts';

/** Whatever a mail holds is text here; only links of http become links. */
const LINK = /https?:\/\/[^\s<>"]+/g;

/** The page of all caught mails, the newest first; reloads by hand, and holds no script. */
export function mailboxPage(mails: readonly CaughtMail[]): string {
  const body =
    mails.length === 0
      ? '<p>No mail yet. Ask for a new password, or invite somebody, and load this page again.</p>'
      : mails.map(article).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Mailbox</title><style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid light-dark(#ddd, #444); padding: 1rem 0; }
h2 { font-size: 1rem; margin: 0; } p.meta { margin: 0; color: light-dark(#555, #aaa); font-size: .85rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; } a { color: light-dark(#0b5f8a, #8cc8ee); }
</style></head><body><h1>Mailbox of this demo</h1>
<p>Every mail that Porthole sends here ends on this page, whoever it is for.</p>${body}</body></html>`;
}

function article({ to, subject, text, at }: CaughtMail): string {
  return `<article><h2>${escaped(subject)}</h2><p class="meta">to ${escaped(to)}, <time>${escaped(at)}</time></p><pre>${linked(text)}</pre></article>`;
}

function linked(text: string): string {
  let html = '';
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    const link = escaped(found[0]);
    html += `${escaped(text.slice(from, found.index))}<a href="${link}" target="_blank" rel="noreferrer">${link}</a>`;
    from = found.index + found[0].length;
  }
  return html + escaped(text.slice(from));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
