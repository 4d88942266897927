import type { AllotmentCause } from '@porthole/rbac';
import type { Words } from '../../words/use-words.ts';

/** Why a machine is with whom it is: "by rule 2", "by hand", "no rule fits". */
export function becauseWord(because: AllotmentCause, t: Words): string {
  if (typeof because === 'number') return t('allotment.because', { cause: 'rule', n: because + 1 });
  return t('allotment.because', { cause: because === 'control-domain' ? 'host' : because, n: 0 });
}
