import { AppError } from '@porthole/errors';
import { can, type Facts, type Right, type VmFacts } from '@porthole/rbac';

/**
 * Nobody gives away what they don't have, nor for longer than they have it: for grants, answers to requests and guest links.
 *
 * @param more what is said where something is given that the actor lacks
 * @throws AppError `grant/past-end`, `grant/more-than-own`, `grant/longer-than-own`
 */
export function assertGivesOwn(
  facts: Facts,
  vm: VmFacts,
  { rights, endsAt, more }: { rights: readonly Right[]; endsAt: Date | null; more: string },
): void {
  assertEndsLater(facts, endsAt);
  const decisions = rights.map((right) => can(facts, right, vm));
  if (!decisions.every(({ allowed }) => allowed))
    throw new AppError({ code: 'grant/more-than-own', publicMessage: more, details: { rights } });
  for (const decision of decisions) {
    const ownEnd = decision.allowed && decision.because.kind === 'grant' ? decision.because.endsAt : null;
    if (ownEnd !== null && (endsAt === null || endsAt > ownEnd))
      throw new AppError({
        code: 'grant/longer-than-own',
        publicMessage: 'Your own access to this machine ends sooner. Choose an end no later than yours.',
        details: { ownEnd: ownEnd.toISOString() },
      });
  }
}

/** @throws AppError `grant/past-end` */
export function assertEndsLater({ now }: Pick<Facts, 'now'>, endsAt: Date | null): void {
  if (endsAt !== null && endsAt <= now)
    throw new AppError({
      code: 'grant/past-end',
      publicMessage: 'The end lies in the past. Choose a later one.',
    });
}
