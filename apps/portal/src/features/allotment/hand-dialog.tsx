'use client';

import { useState } from 'react';
import type { Holder } from '../../server/allotment/holders.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { useWords } from '../../words/use-words.ts';
import { HolderPicker } from './holder-picker.tsx';

/** Machines that are placed by hand; null gives them back to the rules. */
export interface HandsPicked {
  holder: Holder | null;
  vms: readonly { vmId: string; name: string }[];
}

interface HandDialogProps {
  org: string;
  vms: HandsPicked['vms'];
  onClose: () => void;
  onPicked: (hands: HandsPicked) => void;
}

/** Who gets the ticked machines. What that moves is shown before it does. */
export function HandDialog({ org, vms, onClose, onPicked }: HandDialogProps) {
  const t = useWords();
  const [holder, setHolder] = useState<Holder | null>(null);
  const [tried, setTried] = useState(false);
  const [first] = vms;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('allotment.giveTitle', { n: vms.length, machine: first?.name ?? '' })}
      description={t('allotment.giveSentence')}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (holder !== null) onPicked({ holder, vms });
        }}
        className="grid min-h-72 content-between gap-6"
      >
        <HolderPicker
          org={org}
          label={t('allotment.goesTo')}
          picked={holder}
          onPick={setHolder}
          error={tried && holder === null ? t('allotment.gap', { gap: 'holder' }) : null}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="submit" kind="primary">
            {t('allotment.preview')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
