import type { InputSchema } from './input-schema.ts';

const UUID = '3f2b8c1e-7a5d-4e9b-9c61-2d4f8a7b6c50';
const DATE = new Date('2027-01-29T18:00:00.000Z');

/** What stands in examples under the name of a field, where its type alone says too little. */
const BY_NAME: Record<string, unknown> = {
  org: 'acme',
  slug: 'acme',
  holder: 'globex',
  email: 'mira@acme.example',
  ownerEmail: 'gus@globex.example',
  password: 'correct horse battery',
  name: 'Nightly restart',
  displayName: 'Frankfurt',
  reason: 'disk full, ticket 4711',
  text: 'looked into with Mira',
  q: 'web',
  address: 'xen-1.example',
  username: 'porthole',
  pin: Array(32).fill('AA').join(':'),
  issuer: 'https://id.acme.example',
  domain: 'acme.example',
  code: '123456',
  seen: 'A'.repeat(43),
  next: '/o/acme/machines',
  link: 'from-the-mail',
  act: 'clean_reboot',
  pools: '',
  lengthMs: 3_600_000,
  scopes: ['machines', 'power'],
  pattern: 'web-*',
  tag: 'prod',
  seq: 1,
  version: 0,
};

/** Rooms of the API that belong to who runs Porthole: their examples are of its own organisation. */
const OF_PROVIDER = new Set(['allotment', 'checks', 'organisations', 'pools']);

/** An input that the parser of the call takes, with what has to be there and nothing else. */
export function exampleInput(path: string, schema: InputSchema): Record<string, unknown> {
  const input = exampleOf(schema);
  return OF_PROVIDER.has(path.split('.')[0] ?? '') ? { ...input, org: 'northgate' } : input;
}

function exampleOf(schema: InputSchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([name]) => schema.required?.includes(name))
      .map(([name, field]) => [name, exampleValue(field, name)]),
  );
}

function exampleValue(schema: InputSchema, name: string): unknown {
  if (fits(schema, BY_NAME[name])) return BY_NAME[name];
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first !== undefined) return exampleValue(first, name);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case 'string':
      if (schema.format === 'uuid') return UUID;
      return schema.format === 'date-time' ? DATE : 'text'.padEnd(schema.minLength ?? 0, '-');
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'array':
      return schema.minItems === undefined ? [] : [exampleValue(schema.items ?? {}, name)];
    case 'object':
      return exampleOf(schema);
    default:
      return {};
  }
}

/** Whether what is known by the name is of the field's kind: `id` of one call is no `id` of another. */
function fits(schema: InputSchema, value: unknown): boolean {
  if (value === undefined || schema.format === 'uuid' || schema.format === 'date-time') return false;
  if (schema.enum !== undefined) return schema.enum.includes(value);
  const types = schema.anyOf?.map(({ type }) => type) ?? [schema.type];
  const type = Array.isArray(value) ? 'array' : typeof value;
  return types.some((one) => one === type || (one === 'integer' && type === 'number') || one === undefined);
}
