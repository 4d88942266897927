import { z } from 'zod';

/** The part of JSON Schema that inputs of the API are made of. */
export interface InputSchema {
  type?: string;
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: InputSchema[];
  oneOf?: InputSchema[];
  properties?: Record<string, InputSchema>;
  required?: string[];
  items?: InputSchema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** What a call takes, as its own parser says it; null where it takes nothing. */
export function inputSchemaOf(parser: z.ZodType | undefined): InputSchema | null {
  if (parser === undefined) return null;
  return z.toJSONSchema(parser, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date')
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  }) as InputSchema;
}

/** `{ org: text, vmIds: [uuid, …] (1 to 200), act: "start" | "resume" }`, each field on a line of its own. */
export function inputLines(schema: InputSchema): string[] {
  return Object.entries(schema.properties ?? {}).map(
    ([name, field]) => `${name}${schema.required?.includes(name) ? '' : '?'}: ${words(field)}`,
  );
}

function words(schema: InputSchema): string {
  const kinds = schema.anyOf ?? schema.oneOf;
  if (kinds !== undefined) return kinds.map(words).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  switch (schema.type) {
    case 'string':
      return schema.format === 'uuid' ? 'uuid' : schema.format === 'date-time' ? 'date' : text(schema);
    case 'integer':
    case 'number':
      return `number${range(schema.minimum, schema.maximum)}`;
    case 'array':
      return `[${words(schema.items ?? {})}, …]${range(schema.minItems, schema.maxItems)}`;
    case 'object':
      return `{ ${inputLines(schema).join(', ')} }`;
    default:
      return schema.type ?? 'any';
  }
}

function text({ minLength, maxLength }: InputSchema): string {
  return maxLength === undefined ? 'text' : `text${range(minLength ?? 0, maxLength)}`;
}

function range(least: number | undefined, most: number | undefined): string {
  if (most === undefined || most === Number.MAX_SAFE_INTEGER) return '';
  return ` (${least ?? 0} to ${most})`;
}
