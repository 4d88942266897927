import { can, canInTenant, type Facts, type VmFacts } from '@porthole/rbac';

/**
 * Whether a machine exists for the person at all. Members know of what they may look at; auditors and support read
 * names and states of every machine and press nothing. A lock takes rights away, not the knowledge.
 */
export function sees(facts: Facts, vm: VmFacts): boolean {
  if (vm.tenantId !== facts.tenantId) return false;
  if (can({ ...facts, locks: [] }, 'look', vm).allowed) return true;
  const readsNames = facts.role === 'auditor' || facts.role === 'support';
  return readsNames && canInTenant(facts, 'machines.list').allowed;
}
