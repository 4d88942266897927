'use client';

import type { TenantRole } from '@porthole/rbac';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Person } from '../../server/people/get-person.ts';
import { apiErrorOf } from '../../trpc/api-error.ts';
import { useTRPC } from '../../trpc/trpc-provider.tsx';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/choice.tsx';
import { FieldError } from '../../ui/field.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useWords } from '../../words/use-words.ts';

/** Another role, for who may give it. A change takes effect on open consoles, so it is a press of its own. */
export function RolePicker({ org, person }: { org: string; person: Person }) {
  const t = useWords();
  const toast = useToast();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [role, setRole] = useState<TenantRole>(person.role);
  const change = useMutation(
    trpc.people.setRole.mutationOptions({
      onSuccess: async (done) => {
        await Promise.all([
          client.invalidateQueries(trpc.people.pathFilter()),
          client.invalidateQueries(trpc.auth.me.pathFilter()),
        ]);
        toast(t('people.roleChanged', { person: person.name, role: t(`role.${done.role}`) }));
      },
    }),
  );
  if (!person.may.handle) return null;
  return (
    <div className="grid max-w-96 gap-2">
      <SelectField
        label={t('people.roleOf', { person: person.name })}
        hint={t(`roleDetail.${role}`)}
        value={role}
        onChange={setRole}
        options={person.may.roles.map((value) => ({ value, label: t(`role.${value}`) }))}
      />
      {change.isError && <FieldError id="role-error">{apiErrorOf(change.error).message}</FieldError>}
      {role !== person.role && (
        <Button
          reason={person.lastOwner ? t('people.lastOwner', { you: person.you ? 'yes' : 'no' }) : null}
          busy={change.isPending ? t('policy.saving') : null}
          onClick={() => change.mutate({ org, personId: person.id, role })}
          className="justify-self-start"
        >
          {t('people.makeRole', { role: t(`role.${role}`) })}
        </Button>
      )}
    </div>
  );
}
