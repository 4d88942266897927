'use client';

import type { ConsoleKind } from '@porthole/relay-contract';
import type { RefObject } from 'react';
import { MenuCheck, MenuItem, MenuLabel, MenuLine } from '../../ui/menu.tsx';
import { useWords } from '../../words/use-words.ts';
import { useChordName } from './capture-frame.tsx';
import { FUNCTION_KEY_LIST, KEPT_COMBINATIONS } from './screen-keys.ts';
import type { ViewerControls } from './viewer-controls.ts';

/** Keys that a browser keeps, and the way out. */
export function KeysMenu({
  kind,
  viewer,
  reason,
  onLeaveKeyboard,
}: {
  kind: ConsoleKind;
  viewer: RefObject<ViewerControls | null>;
  /** Why no key may be sent now. */
  reason: string | null;
  onLeaveKeyboard: () => void;
}) {
  const t = useWords();
  const chord = useChordName();
  return (
    <>
      <MenuItem reason={reason} onSelect={() => viewer.current?.sendCtrlAltDel()}>
        {t('console.keysMenu.cad')}
      </MenuItem>
      {kind === 'screen' && (
        <>
          <MenuItem reason={reason} onSelect={() => viewer.current?.releaseKeys()}>
            {t('console.keysMenu.release')}
          </MenuItem>
          {reason === null && (
            <>
              <MenuLabel>{t('console.keysMenu.combos')}</MenuLabel>
              <KeyGrid list={KEPT_COMBINATIONS} columns="grid-cols-2" viewer={viewer} />
              <MenuLabel>{t('console.keysMenu.fkeys')}</MenuLabel>
              <KeyGrid list={FUNCTION_KEY_LIST} columns="grid-cols-4" viewer={viewer} />
            </>
          )}
        </>
      )}
      <MenuLine />
      <MenuItem hint={chord} onSelect={onLeaveKeyboard}>
        {t('console.keysMenu.leaveChord')}
      </MenuItem>
    </>
  );
}

function KeyGrid({
  list,
  columns,
  viewer,
}: {
  list: typeof FUNCTION_KEY_LIST;
  columns: string;
  viewer: RefObject<ViewerControls | null>;
}) {
  return (
    <div className={`grid ${columns}`}>
      {list.map(({ label, keys }) => (
        <MenuItem key={label} onSelect={() => viewer.current?.sendKeys(keys)}>
          <span className="font-mono text-xs">{label}</span>
        </MenuItem>
      ))}
    </div>
  );
}

export interface ViewSettings {
  fit: boolean;
  copying: boolean;
  follow: boolean;
  screenReader: boolean;
  full: boolean;
}

/** How the console is shown; nothing here reaches the machine. */
export function ViewMenu({
  kind,
  settings,
  viewer,
  clipboardReason,
  onChange,
  onFull,
  onFind,
}: {
  kind: ConsoleKind;
  settings: ViewSettings;
  viewer: RefObject<ViewerControls | null>;
  clipboardReason: string | null;
  onChange: (change: Partial<ViewSettings>) => void;
  onFull: () => void;
  onFind: () => void;
}) {
  const t = useWords();
  return (
    <>
      {kind === 'screen' ? (
        <>
          <MenuCheck checked={settings.fit} onChange={(fit) => onChange({ fit })}>
            {t('console.viewMenu.fit')}
          </MenuCheck>
          <MenuCheck checked={!settings.fit} onChange={(actual) => onChange({ fit: !actual })}>
            {t('console.viewMenu.actual')}
          </MenuCheck>
          <MenuLine />
          <MenuItem onSelect={() => viewer.current?.savePicture()}>{t('console.viewMenu.save')}</MenuItem>
          <MenuItem reason={clipboardReason} onSelect={() => onChange({ copying: !settings.copying })}>
            {settings.copying ? t('console.viewMenu.clipboardOff') : t('console.viewMenu.clipboardOn')}
          </MenuItem>
        </>
      ) : (
        <>
          <MenuCheck checked={!settings.follow} onChange={(grid) => onChange({ follow: !grid })}>
            {t('console.viewMenu.grid')}
          </MenuCheck>
          <MenuCheck checked={settings.follow} onChange={(follow) => onChange({ follow })}>
            {t('console.viewMenu.follow')}
          </MenuCheck>
          <MenuLine />
          <MenuCheck checked={settings.screenReader} onChange={(screenReader) => onChange({ screenReader })}>
            {t('console.viewMenu.reader')}
          </MenuCheck>
          <MenuItem hint="Ctrl Shift F" onSelect={onFind}>
            {t('console.viewMenu.find')}
          </MenuItem>
        </>
      )}
      <MenuLine />
      <MenuItem onSelect={onFull}>
        {settings.full ? t('console.viewMenu.leaveFull') : t('console.viewMenu.full')}
      </MenuItem>
    </>
  );
}
