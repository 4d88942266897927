'use client';

import { Dialog } from '../../ui/dialog.tsx';
import { useWords } from '../../words/use-words.ts';

/** The list of keys behind `?`. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords();
  const rows: readonly [string[], string][] = [
    [['/'], t('keys.search')],
    [['Ctrl K', '⌘ K'], t('keys.palette')],
    [['j', 'k', '↓', '↑'], t('keys.rows')],
    [['Enter'], t('keys.open')],
    [['o'], t('keys.console')],
    [['x'], t('keys.tick')],
    [['s'], t('keys.share')],
    [['i'], t('keys.invite')],
    [['a', 'd'], t('keys.answer')],
    [['r'], t('keys.check')],
    [['g'], t('keys.go')],
    [['Esc'], t('keys.escape')],
    [['?'], t('keys.help')],
    [['Ctrl Alt Shift'], t('keys.leave')],
    [['Ctrl Shift F'], t('keys.find')],
  ];
  return (
    <Dialog open={open} onClose={onClose} title={t('keys.title')} description={t('keys.sentence')}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-6 gap-y-3 text-sm">
        {rows.map(([keys, what]) => (
          <div key={what} className="contents">
            <dt className="flex flex-wrap gap-2">
              {keys.map((key) => (
                <kbd key={key} className="rounded-sm border bg-sunken px-2 py-0.5 font-mono text-xs">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
