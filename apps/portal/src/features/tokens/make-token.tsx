'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { TOKEN_SCOPES, type TokenScope } from '../../server/tokens/token-scopes.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { Field, FieldError } from '../../ui/field.tsx';
import { dayName } from '../../ui/format-time.ts';
import { useWords } from '../../words/use-words.ts';
import { SetUpStep } from '../account/app-set-up.tsx';
import { endAfter, TOKEN_DAYS, type TokenDays } from './token-ends.ts';

/** A token right after it was made: the one time that it is shown. */
export interface NewToken {
  token: string;
  name: string;
  orgName: string;
  endsAt: Date;
}

interface MakeTokenProps {
  organisations: readonly { slug: string; name: string }[];
  onMade: (made: NewToken) => void;
  onCancel: () => void;
}

/** On the page and in no layer: the question who one is may come over it. */
export function MakeToken({ organisations, onMade, onCancel }: MakeTokenProps) {
  const t = useWords();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [now] = useState(() => new Date());
  const [name, setName] = useState('');
  const [org, setOrg] = useState(organisations[0]?.slug ?? '');
  const [scopes, setScopes] = useState<readonly TokenScope[]>([]);
  const [days, setDays] = useState<TokenDays>('30');
  const [tried, setTried] = useState(false);
  const make = useMutation(
    trpc.tokens.make.mutationOptions({
      onSuccess: async ({ token }, asked) => {
        const orgName = organisations.find(({ slug }) => slug === asked.org)?.name ?? asked.org;
        onMade({ token, name: asked.name, orgName, endsAt: asked.endsAt });
        await client.invalidateQueries(trpc.tokens.pathFilter());
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '' || scopes.length === 0 || make.isPending) return;
    make.mutate({ org, name: name.trim(), scopes: [...scopes], endsAt: endAfter(days, new Date()) });
  };
  return (
    <SetUpStep n={null} title={t('tokens.make')}>
      <form onSubmit={submit} method="post" noValidate className="grid max-w-[520px] gap-6">
        <Field
          label={t('tokens.name')}
          autoFocus
          hint={t('tokens.nameHint')}
          autoComplete="off"
          maxLength={60}
          value={name}
          onChange={setName}
          error={tried && name.trim() === '' ? t('tokens.nameMissing') : null}
        />
        {organisations.length > 1 && (
          <SelectField
            label={t('tokens.organisation')}
            value={org}
            onChange={setOrg}
            options={organisations.map(({ slug, name: label }) => ({ value: slug, label }))}
          />
        )}
        <Scopes value={scopes} onChange={setScopes} tried={tried} />
        <SelectField
          label={t('tokens.until')}
          hint={t('tokens.untilHint')}
          value={days}
          onChange={setDays}
          options={TOKEN_DAYS.map((value) => ({
            value,
            label: t('tokens.untilIs', { days: Number(value), date: dayName(endAfter(value, now)) }),
          }))}
        />
        {make.isError && <FieldError id="token-error">{apiErrorOf(make.error).message}</FieldError>}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" kind="primary" busy={make.isPending ? t('tokens.making') : null}>
            {t('tokens.makeIt')}
          </Button>
          <Button onClick={onCancel}>{t('app.cancel')}</Button>
        </div>
      </form>
    </SetUpStep>
  );
}

function Scopes({
  value,
  onChange,
  tried,
}: {
  value: readonly TokenScope[];
  onChange: (scopes: readonly TokenScope[]) => void;
  tried: boolean;
}) {
  const t = useWords();
  const id = useId();
  const isMissing = tried && value.length === 0;
  return (
    <fieldset aria-describedby={isMissing ? `${id}-hint ${id}-error` : `${id}-hint`} className="grid gap-1">
      <legend className="font-medium text-sm">{t('tokens.scopes')}</legend>
      <p id={`${id}-hint`} className="pb-1 text-ink-2 text-sm">
        {t('tokens.scopesHint')}
      </p>
      {isMissing && <FieldError id={`${id}-error`}>{t('tokens.scopesMissing')}</FieldError>}
      {TOKEN_SCOPES.map((scope) => (
        <label
          key={scope}
          className="press flex min-h-(--control) cursor-pointer items-start gap-3 rounded-md px-2 py-2 hover:bg-hover"
        >
          <input
            type="checkbox"
            checked={value.includes(scope)}
            onChange={(event) =>
              onChange(event.target.checked ? [...value, scope] : value.filter((one) => one !== scope))
            }
            className="mt-0.5 size-4 shrink-0 accent-(--accent)"
          />
          <span className="grid gap-0.5">
            <span className="font-medium">{t(`tokens.scope.${scope}`)}</span>
            <span className="text-ink-2 text-sm">{t(`tokens.scopeDetail.${scope}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
