import type { Words } from '../../words/use-words.ts';

export interface PoolTrouble {
  title: string;
  sentence: string;
}

interface TroubleContext {
  address: string;
  account?: string;
  /** The coordinator's address, where a member named it. */
  coordinator?: string | null;
}

/** What a code of ours about a pool or an address means, in the words of design §7. */
export function poolTrouble(code: string, context: TroubleContext, t: Words): PoolTrouble {
  const { address, account = '', coordinator = null } = context;
  const key = keyOf(code);
  return {
    title: t(`pool.${key}.title`, { address, account }),
    sentence: t(`pool.${key}.sentence`, {
      known: coordinator === null ? 'no' : 'yes',
      coordinator: coordinator ?? '',
    }),
  };
}

/** Which form mends it; null where only waiting does. */
export type Remedy = 'address' | 'account' | 'certificate';

export function remedyOf(code: string): Remedy | null {
  switch (keyOf(code)) {
    case 'address':
    case 'name':
    case 'tls':
    case 'reach':
    case 'not-xen':
    case 'tooOld':
    case 'member':
    case 'another':
      return 'address';
    case 'sign-in':
    case 'role':
    case 'directory':
    case 'credential':
      return 'account';
    case 'changed':
      return 'certificate';
    default:
      return null;
  }
}

/** Why no console opens on a host, in a few words for its row. */
export function reachWord(code: string, t: Words): string {
  switch (code) {
    case 'pool/certificate-changed':
      return t('pools.reach.changed');
    case 'pool/unrecorded':
      return t('pools.reach.unrecorded');
    case 'egress/address-not-allowed':
      return t('pools.reach.notAllowed');
    case 'egress/name-not-found':
      return t('pools.reach.name');
    case 'pool/no-address':
      return t('pools.reach.noAddress');
    default:
      return t('pools.reach.silent');
  }
}

function keyOf(code: string) {
  switch (code) {
    case 'egress/address-not-allowed':
      return 'address';
    case 'egress/name-not-found':
      return 'name';
    case 'egress/tls-failed':
    case 'egress/tls-too-old':
      return 'tls';
    case 'egress/refused':
    case 'egress/unreachable':
    case 'egress/timeout':
    case 'egress/aborted':
    case 'xenapi/timeout':
    case 'xenapi/aborted':
    case 'xenapi/connection-lost':
    case 'xenapi/closed':
    case 'xenapi/no-member':
    case 'pool/no-answer':
      return 'reach';
    case 'xenapi/error-page':
    case 'xenapi/host-still-booting':
    case 'xenapi/host-in-emergency-mode':
    case 'xenapi/not-supported-during-upgrade':
    case 'xenapi/too-busy':
      return 'notReady';
    case 'xenapi/message-method-unknown':
    case 'xenapi/too-old-for-json':
      return 'tooOld';
    case 'xenapi/another-pool':
      return 'another';
    case 'xenapi/session-authorization-failed':
    case 'xenapi/rbac-permission-denied':
    case 'xenapi/permission-denied':
      return 'role';
    case 'xenapi/auth-service-error':
    case 'xenapi/auth-is-disabled':
    case 'xenapi/auth-unknown-type':
      return 'directory';
    case 'egress/certificate-changed':
    case 'pool/certificate-changed':
      return 'changed';
    case 'xenapi/host-is-slave':
      return 'member';
    case 'pool/known':
      return 'here';
    case 'egress/bad-address':
    case 'pool/address':
      return 'form';
    default:
      if (code.startsWith('credential/') || code.startsWith('vault/')) return 'credential';
      if (code === 'xenapi/session-authentication-failed' || code === 'xenapi/refused') return 'sign-in';
      return code.startsWith('xenapi/') ? 'not-xen' : 'other';
  }
}
