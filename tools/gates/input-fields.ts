import type { z } from 'zod';

/** One field of an input, however deep. */
export interface InputField {
  /** Names from the outside in; `0` is the first of a list. */
  at: readonly string[];
  /** `string`, `number`, … as zod names them; `array` and `object` for what holds others. */
  kind: string;
  schema: z.ZodType;
  isOptional: boolean;
  isNullable: boolean;
}

const SCALARS = new Set(['string', 'number', 'boolean', 'date', 'enum', 'literal']);

/** All fields of an input, and what in it is neither scalar nor made of scalars, in words. */
export function fieldsOfInput(schema: z.ZodType): { fields: InputField[]; untold: string[] } {
  const fields: InputField[] = [];
  const untold: string[] = [];
  const walk = (next: unknown, at: readonly string[], outer: z.ZodType | null, flags: Flags): void => {
    const inner = asType(next);
    const definition = definitionOf(inner);
    // The outermost schema of a field is what it is judged by: a default or a transform may loosen what is inside.
    const whole = outer ?? inner;
    const { type } = definition;
    if (type === 'optional' || type === 'default' || type === 'nullable')
      walk(definition.innerType, at, whole, {
        isOptional: flags.isOptional || type !== 'nullable',
        isNullable: flags.isNullable || type === 'nullable',
      });
    else if (type === 'pipe' && isThrownAway(inner)) return;
    else if (type === 'pipe') walk(definition.in, at, whole, flags);
    else if (SCALARS.has(type)) fields.push({ at, kind: type, schema: whole, ...flags });
    else if (type === 'array') {
      fields.push({ at, kind: type, schema: whole, ...flags });
      walk(definition.element, [...at, '0'], null, NEITHER);
    } else if (type === 'object') {
      if (at.length > 0) fields.push({ at, kind: type, schema: whole, ...flags });
      for (const [name, field] of Object.entries(Object(definition.shape)))
        walk(field, [...at, name], null, NEITHER);
    } else if (type === 'union' && optionsOf(definition).every(isObject)) {
      // One of several forms: each field of each is a field.
      if (at.length > 0) fields.push({ at, kind: 'object', schema: whole, ...flags });
      for (const option of optionsOf(definition))
        for (const [name, field] of Object.entries(Object(definitionOf(option).shape)))
          walk(field, [...at, name], null, NEITHER);
    } else untold.push(`${type} as ${at.join('.')}`);
  };
  walk(schema, [], null, NEITHER);
  return { fields, untold };
}

interface Flags {
  isOptional: boolean;
  isNullable: boolean;
}
const NEITHER: Flags = { isOptional: false, isNullable: false };

/** What the input does with a field that it does not name. */
export function unnamedFieldsOf(schema: z.ZodType): 'refused' | 'dropped' | 'kept' {
  const { catchall } = definitionOf(schema);
  if (catchall === undefined) return 'dropped';
  return definitionOf(asType(catchall)).type === 'never' ? 'refused' : 'kept';
}

/** Something of the right types in the right places; not always what the schema asks beyond that. */
export function sampleOf(schema: z.ZodType): unknown {
  const definition = definitionOf(schema);
  const inner = (next: unknown): unknown => sampleOf(asType(next));
  switch (definition.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(Object(definition.shape)).flatMap(([name, field]) => {
          const value = inner(field);
          return value === undefined ? [] : [[name, value]];
        }),
      );
    case 'array':
      return [inner(definition.element)];
    case 'union':
      return inner(optionsOf(definition)[0]);
    case 'pipe':
      return inner(definition.in);
    case 'nullable':
      return null;
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'date':
      return new Date();
    case 'enum':
      return Object.values(Object(definition.entries))[0];
    case 'literal':
      return Array.isArray(definition.values) ? definition.values[0] : undefined;
    case 'string':
      return 'x';
    default:
      return undefined;
  }
}

/** The same input with another value in one place; what is missing on the way there is made. */
export function withValue(input: unknown, at: readonly string[], value: unknown): unknown {
  const [name, ...rest] = at;
  if (name === undefined) return value;
  if (name === '0') {
    const list: unknown[] = Array.isArray(input) ? input : [];
    return [withValue(list[0], rest, value), ...list.slice(1)];
  }
  const before = typeof input === 'object' && input !== null ? input : {};
  return { ...before, [name]: withValue(Reflect.get(before, name), rest, value) };
}

/** Whatever comes in, the same comes out: it can become nothing. */
function isThrownAway(schema: z.ZodType): boolean {
  const outcomes = [undefined, {}, { not: '' }, ['x']].map((value) => schema.safeParse(value));
  return outcomes.every(
    ({ success, data }) => success && JSON.stringify(data) === JSON.stringify(outcomes[0]?.data),
  );
}

function optionsOf({ options }: Record<string, unknown>): z.ZodType[] {
  return Array.isArray(options) ? options.map(asType) : [];
}

const isObject = (schema: z.ZodType): boolean => definitionOf(schema).type === 'object';

function definitionOf(schema: z.ZodType): Record<string, unknown> & { type: string } {
  return Object(schema._zod.def);
}

function asType(value: unknown): z.ZodType {
  if (typeof value !== 'object' || value === null || !('_zod' in value))
    throw new TypeError('no schema of zod');
  return value as z.ZodType;
}
