'use client';

import { BUNDLES, SINGLE_RIGHTS, VM_ROLES, type VmRole } from '@porthole/rbac';
import { Button } from '../../ui/button.tsx';
import { RadioField } from '../../ui/choice.tsx';
import { useWords, type Words } from '../../words/use-words.ts';

type SingleRight = (typeof SINGLE_RIGHTS)[number];

/** What is given: a role, or single rights where it is null. */
export interface Gift {
  role: VmRole | null;
  rights: SingleRight[];
}

/** A role with what it means, or its rights one by one: looking is among them always. */
export function GiftField({ gift, onChange }: { gift: Gift; onChange: (gift: Gift) => void }) {
  const t = useWords();
  const { role, rights } = gift;
  if (role !== null)
    return (
      <div className="grid justify-items-start gap-2">
        <RadioField
          label={t('share.can')}
          value={role}
          onChange={(next) => onChange({ role: next, rights: [] })}
          options={VM_ROLES.map((value) => ({
            value,
            label: t(`vmRole.${value}`),
            detail: bundleWords(value, t),
          }))}
        />
        <Button kind="quiet" size="small" onClick={() => onChange({ role: null, rights: singlesOf(role) })}>
          {t('share.oneByOne')}
        </Button>
      </div>
    );
  const toggle = (right: SingleRight, on: boolean) =>
    onChange({
      role: null,
      rights: SINGLE_RIGHTS.filter((one) => (one === right ? on : rights.includes(one))),
    });
  return (
    <div className="grid justify-items-start gap-2">
      <fieldset className="grid w-full gap-1">
        <legend className="pb-1 font-medium text-sm">{t('share.can')}</legend>
        <p className="px-2 text-ink-2 text-sm">{t('share.lookAlways')}</p>
        {SINGLE_RIGHTS.map((right) => (
          <label
            key={right}
            className="press flex min-h-(--control) cursor-pointer items-center gap-3 rounded-md px-2 hover:bg-hover has-disabled:cursor-default has-checked:bg-picked"
          >
            <input
              type="checkbox"
              checked={rights.includes(right)}
              disabled={right === 'look'}
              onChange={(event) => toggle(right, event.target.checked)}
              className="size-4 shrink-0 accent-(--accent)"
            />
            {t(`right.${right}`)}
          </label>
        ))}
      </fieldset>
      <Button kind="quiet" size="small" onClick={() => onChange({ role: 'operator', rights: [] })}>
        {t('share.byRole')}
      </Button>
    </div>
  );
}

function singlesOf(role: VmRole): SingleRight[] {
  return SINGLE_RIGHTS.filter((right) => BUNDLES[role].includes(right));
}

/** The rights of a role as a sentence, out of libs/rbac; `host-console` means something on control domains alone. */
function bundleWords(role: VmRole, t: Words): string {
  return singlesOf(role)
    .map((right) => t(`rightVerb.${right}`))
    .join(', ');
}
