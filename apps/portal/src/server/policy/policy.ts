import type { Tx } from '@porthole/db';
import { KEYBOARD_RULES, type KeyboardRule, LIMITS } from '@porthole/relay-contract';

/** Which ways text may be copied: into machines, out of them, both or neither. One word, so that it is one decision. */
export const CLIPBOARD_WAYS = ['both', 'into', 'out-of', 'none'] as const;
export type ClipboardWay = (typeof CLIPBOARD_WAYS)[number];

/** Whether an organisation asks its people for a second factor. */
export const FACTOR_RULES = ['off', 'members'] as const;
export type FactorRule = (typeof FACTOR_RULES)[number];
/** How old a second factor may be when a console opens, in milliseconds; 0: nobody asks. */
export const FACTOR_AGES_MS = [0, 300_000, 900_000, 3_600_000, 14_400_000] as const;

/** Whether two people may let in at once somebody who has no access. */
export const GLASS_RULES = ['off', 'on'] as const;
export type GlassRule = (typeof GLASS_RULES)[number];

/** What an organisation decides about its consoles, as it counts: where nothing is set, Porthole's own numbers. */
export interface PolicyValues {
  clipboard: ClipboardWay;
  keyboard: KeyboardRule;
  /** Milliseconds without input after which a console closes. */
  idleTimeoutMs: number;
  /** Milliseconds that a console lasts at most. */
  maximumTimeMs: number;
  /** Milliseconds that a text console goes on while nobody looks; 0: not at all. */
  textKeptMs: number;
  /** Bytes of what a text console printed that are kept for who comes later. */
  scrollbackBytes: number;
  /** Whether everybody of the organisation needs a second factor. */
  secondFactor: FactorRule;
  /** Milliseconds that a second factor may be old when a console opens; 0: of any age, or none. */
  consoleFactorMaxAgeMs: number;
  /** Whether there is a way in for an emergency. */
  breakGlass: GlassRule;
}

/** In the order in which people read them. */
export const POLICY_SETTINGS = [
  'clipboard',
  'keyboard',
  'idleTimeoutMs',
  'maximumTimeMs',
  'textKeptMs',
  'scrollbackBytes',
  'secondFactor',
  'consoleFactorMaxAgeMs',
  'breakGlass',
] as const satisfies readonly (keyof PolicyValues)[];
export type PolicySetting = (typeof POLICY_SETTINGS)[number];

export interface Policy extends PolicyValues {
  /** Grows with each change from the page; who changes the policy names the one they saw. */
  version: number;
  changed: { by: string; at: Date } | null;
  /** Private ranges that pools may have addresses in; the provider alone opens them. */
  networks: string[];
}

/** The organisation's policy as it stands. Run it inside `withTenant`. */
export async function loadPolicy(tx: Tx, tenantId: string): Promise<Policy> {
  const row = await tx.tenantPolicy.findFirst({
    where: { tenantId },
    select: {
      clipboardToGuest: true,
      clipboardFromGuest: true,
      keyboard: true,
      idleTimeoutMs: true,
      maximumTimeMs: true,
      textKeptMs: true,
      scrollbackBytes: true,
      secondFactor: true,
      consoleFactorMaxAgeMs: true,
      breakGlass: true,
      allowedCidrs: true,
      version: true,
      changedAt: true,
      changedName: true,
    },
  });
  return {
    clipboard: clipboardWay(row?.clipboardToGuest ?? true, row?.clipboardFromGuest ?? true),
    keyboard: KEYBOARD_RULES.find((rule) => rule === row?.keyboard) ?? 'free',
    idleTimeoutMs: row?.idleTimeoutMs ?? LIMITS.idleTimeoutMs,
    maximumTimeMs: row?.maximumTimeMs ?? LIMITS.maximumTimeMs,
    textKeptMs: row?.textKeptMs ?? LIMITS.textKeptMs,
    scrollbackBytes: row?.scrollbackBytes ?? LIMITS.scrollbackBytes,
    secondFactor: row?.secondFactor === 'members' ? 'members' : 'off',
    consoleFactorMaxAgeMs: row?.consoleFactorMaxAgeMs ?? 0,
    breakGlass: row?.breakGlass === 'on' ? 'on' : 'off',
    version: row?.version ?? 0,
    changed:
      row?.changedAt == null || row.changedName === null ? null : { by: row.changedName, at: row.changedAt },
    networks: row?.allowedCidrs ?? [],
  };
}

/** The columns that hold it. */
export function columnsOf({ clipboard, consoleFactorMaxAgeMs, ...rest }: PolicyValues) {
  return {
    ...rest,
    consoleFactorMaxAgeMs: consoleFactorMaxAgeMs === 0 ? null : consoleFactorMaxAgeMs,
    clipboardToGuest: clipboard === 'both' || clipboard === 'into',
    clipboardFromGuest: clipboard === 'both' || clipboard === 'out-of',
  };
}

function clipboardWay(toGuest: boolean, fromGuest: boolean): ClipboardWay {
  if (toGuest) return fromGuest ? 'both' : 'into';
  return fromGuest ? 'out-of' : 'none';
}
