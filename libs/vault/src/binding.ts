import { VaultError } from './vault-error.ts';

const VERSION = 'v1';
const SEPARATOR = '|';

/**
 * Joins the names that a secret is bound to. A separator inside of a name could make two bindings look the same, an
 * empty name would bind to nothing: both are refused.
 * @throws VaultError vault/bad-binding naming the field
 */
export function bindingText(parts: Readonly<Record<string, string>>): string {
  for (const [name, value] of Object.entries(parts)) {
    if (value === '' || value.includes(SEPARATOR)) {
      throw new VaultError('vault/bad-binding', { details: { name } });
    }
  }
  return [VERSION, ...Object.values(parts)].join(SEPARATOR);
}
