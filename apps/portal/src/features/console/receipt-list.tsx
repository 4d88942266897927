'use client';

import type { Receipt } from '@porthole/relay-contract';
import { byteAmount, count, duration } from '../../ui/format-amount.ts';
import { KeyValue, KeyValues } from '../../ui/key-values.tsx';
import { useWords, type Words } from '../../words/use-words.ts';

const PIXELS_PER_MEGAPIXEL = 1_000_000;

export interface ReceiptFacts {
  receipt: Receipt;
  with: readonly string[];
  roundTripMs: number | null;
  text: boolean;
}

/** What was measured for one seat: what the log keeps of it. */
export function receiptRows(facts: ReceiptFacts, t: Words): [label: string, value: string][] {
  const { receipt } = facts;
  const time = (ms: number | null) =>
    ms === null ? t('receipt.none') : t('time.milliseconds', { ms: count(Math.round(ms)) });
  const rows: [string, string | null][] = [
    [t('receipt.with'), facts.with.length === 0 ? t('receipt.alone') : facts.with.join(', ')],
    [t('receipt.duration'), duration(receipt.durationMs, t)],
    [t('receipt.updates'), facts.text ? null : count(receipt.updates)],
    [
      t('receipt.bytes'),
      facts.text
        ? byteAmount(receipt.bytesToBrowser)
        : t('receipt.bytesValue', {
            bytes: byteAmount(receipt.bytesToBrowser),
            pixels: t('receipt.pixels', { n: megapixels(receipt.pixels) }),
          }),
    ],
    [t('receipt.sent'), byteAmount(receipt.bytesFromBrowser)],
    [t('receipt.inputs'), t('receipt.inputsValue', { n: receipt.inputEvents })],
    [t('receipt.redials'), count(receipt.redials)],
    [t('receipt.silence'), duration(receipt.longestSilenceMs, t)],
    [facts.text ? t('receipt.firstText') : t('receipt.firstPicture'), time(receipt.firstPictureMs)],
    [t('receipt.roundTrip'), time(facts.roundTripMs)],
  ];
  return rows.flatMap(([label, value]): [string, string][] => (value === null ? [] : [[label, value]]));
}

export function ReceiptList(facts: ReceiptFacts) {
  const t = useWords();
  const encodings = Object.entries(facts.receipt.rectangles);
  return (
    <div className="tabular grid gap-4">
      <KeyValues>
        {receiptRows(facts, t).map(([label, value]) => (
          <KeyValue key={label} label={label}>
            {value}
          </KeyValue>
        ))}
      </KeyValues>
      <details className="text-sm">
        <summary className="min-h-6 w-fit text-link">{t('receipt.more')}</summary>
        <div className="pt-3">
          <KeyValues>
            <KeyValue label={t('receipt.dropped')}>{count(facts.receipt.inputDropped)}</KeyValue>
            <KeyValue label={t('receipt.rectangles')}>
              {encodings.length === 0
                ? t('receipt.none')
                : encodings.map(([name, n]) => `${name} ${count(n)}`).join(', ')}
            </KeyValue>
          </KeyValues>
        </div>
      </details>
    </div>
  );
}

/** One decimal below 10: a text screen is 0.3. */
function megapixels(pixels: number): string {
  const millions = pixels / PIXELS_PER_MEGAPIXEL;
  return millions < 10 ? millions.toFixed(1) : count(Math.round(millions));
}
