import { CLASS_DEFAULTS, CLASS_NAMES } from '../model/class-defaults.ts';
import type { Database, Row } from '../model/database.ts';
import type { PoolWorld } from '../model/pool-world.ts';
import { DateTime, type Fields, Float, mapOf, stringsOf, type Value } from '../model/values.ts';
import type { Role } from '../pool-options.ts';
import { ApiError } from './api-error.ts';
import { type Call, listParameter, type Method, type MethodTable, textParameter } from './method.ts';

/** Fields that clients may write, and the role it takes (xenapi.md §2.5, §3.5). */
const WRITABLE: readonly (readonly [className: string, field: string, role: Role])[] = [
  ['VM', 'name_label', 'vm-admin'],
  ['VM', 'name_description', 'vm-admin'],
  ['VM', 'tags', 'vm-operator'],
  ['VM', 'other_config', 'vm-admin'],
  ['VM', 'xenstore_data', 'vm-admin'],
  ['VM', 'blocked_operations', 'vm-admin'],
  ['VIF', 'other_config', 'vm-admin'],
  ['host', 'name_label', 'pool-operator'],
  ['host', 'other_config', 'pool-operator'],
  ['host', 'tags', 'pool-operator'],
  ['host', 'console_idle_timeout', 'pool-admin'],
  ['pool', 'name_label', 'pool-operator'],
  ['pool', 'other_config', 'pool-operator'],
  ['pool', 'tags', 'pool-operator'],
  ['pool', 'limit_console_sessions', 'pool-operator'],
  ['pool', 'vm_console_idle_timeout', 'pool-operator'],
  ['network', 'name_label', 'pool-operator'],
  ['network', 'other_config', 'pool-operator'],
  ['task', 'other_config', 'read-only'],
];

/** The standard calls of each class (xenapi.md §1.6). */
export function addRecordMethods(table: MethodTable): void {
  for (const className of CLASS_NAMES) {
    const read = (name: string, parameters: string[], run: Method['run']) =>
      table.set(`${className}.${name}`, { parameters, needsSession: true, role: 'read-only', run });
    read('get_all', [], ({ world }) => world.db.rows(className).map((row) => row.ref));
    read('get_all_records', [], ({ world }) => recordsOf(world, world.db.rows(className)));
    read('get_all_records_where', ['expr'], (call) => {
      const matches = parseExpression(textParameter(call, 0, 'expr'));
      return recordsOf(
        call.world,
        call.world.db.rows(className).filter((row) => matches(row.fields)),
      );
    });
    read('get_record', ['self'], (call) => call.world.recordOf(rowOf(call, className)));
    read('get_by_uuid', ['uuid'], (call) => {
      const uuid = textParameter(call, 0, 'uuid');
      const row = call.world.db.byUuid(className, uuid);
      if (!row) throw new ApiError('UUID_INVALID', [className, uuid]);
      return row.ref;
    });
    const defaults = CLASS_DEFAULTS[className]?.() ?? {};
    if ('name_label' in defaults) {
      read('get_by_name_label', ['label'], (call) => {
        const label = textParameter(call, 0, 'label');
        return call.world.db
          .rows(className)
          .filter((row) => row.fields.name_label === label)
          .map((row) => row.ref);
      });
    }
    for (const field of Object.keys(defaults)) {
      read(`get_${field}`, ['self'], (call) => rowOf(call, className).fields[field] ?? '');
    }
  }
  for (const [className, field, role] of WRITABLE) addWriters(table, className, field, role);
}

/** The object that the first parameter names. @throws ApiError HANDLE_INVALID */
export function rowOf(call: Call, className: string): Row {
  const ref = textParameter(call, 0, 'self');
  const row = call.world.db.get(className, ref);
  if (!row) throw new ApiError('HANDLE_INVALID', [className, ref]);
  return row;
}

function recordsOf(world: PoolWorld, rows: readonly Row[]): Value {
  return Object.fromEntries(rows.map((row) => [row.ref, world.recordOf(row)]));
}

function addWriters(table: MethodTable, className: string, field: string, role: Role): void {
  const sample = CLASS_DEFAULTS[className]?.()[field] ?? '';
  const write = (name: string, parameters: string[], run: (call: Call, db: Database, row: Row) => void) =>
    table.set(`${className}.${name}`, {
      parameters: ['self', ...parameters],
      needsSession: true,
      role,
      ...(className === 'VM' && name.endsWith('_other_config') ? { roleFor: roleForKey } : {}),
      run: (call) => {
        run(call, call.world.db, rowOf(call, className));
        return '';
      },
    });
  write(`set_${field}`, ['value'], (call, db, row) => {
    db.update(className, row.ref, { [field]: parseAs(sample, call, field) });
  });
  if (Array.isArray(sample)) {
    write('add_tags', ['value'], (call, db, row) => {
      const tags = new Set([...stringsOf(row.fields[field]), textParameter(call, 1, 'value')]);
      db.update(className, row.ref, { [field]: [...tags] });
    });
    write('remove_tags', ['value'], (call, db, row) => {
      const gone = textParameter(call, 1, 'value');
      db.update(className, row.ref, { [field]: stringsOf(row.fields[field]).filter((tag) => tag !== gone) });
    });
  } else if (typeof sample === 'object') {
    write(`add_to_${field}`, ['key', 'value'], (call, db, row) => {
      const key = textParameter(call, 1, 'key');
      const map = mapOf(row.fields[field]);
      // xenapi.md §6: adding an existing key is an error, removing a missing one is not.
      if (key in map) {
        throw new ApiError('MAP_DUPLICATE_KEY', [className, field, String(row.fields.uuid ?? ''), key]);
      }
      db.update(className, row.ref, { [field]: { ...map, [key]: textParameter(call, 2, 'value') } });
    });
    write(`remove_from_${field}`, ['key'], (call, db, row) => {
      const { [textParameter(call, 1, 'key')]: _gone, ...rest } = mapOf(row.fields[field]);
      db.update(className, row.ref, { [field]: rest });
    });
  }
}

/** xenapi.md §2.5: some keys of a VM's other_config are for lower roles, some for the highest alone. */
function roleForKey(call: Call): Role | null {
  const key = String(call.parameters[1]);
  if (key === 'folder' || key.startsWith('XenCenter.CustomFields.')) return 'vm-operator';
  return key === 'pci' || key === 'hvm_serial' ? 'pool-admin' : null;
}

/** The second parameter in the type of the field. @throws ApiError FIELD_TYPE_ERROR */
function parseAs(sample: Value, call: Call, field: string): Value {
  const value = call.parameters[1];
  if (Array.isArray(sample)) return listParameter(call, 1, field);
  if (typeof sample === 'boolean' && typeof value === 'boolean') return value;
  if (typeof sample === 'string' && typeof value === 'string') return value;
  if (typeof sample === 'number' && (typeof value === 'number' || typeof value === 'string')) {
    const number = Number(value);
    if (Number.isInteger(number)) return number;
  }
  if (typeof sample === 'object' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const entries: [string, unknown][] = Object.entries(value);
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
      return Object.fromEntries(entries);
    }
  }
  throw new ApiError('FIELD_TYPE_ERROR', [field]);
}

type Predicate = (fields: Fields) => boolean;

/** `true`, or `field "name" = "value"` joined by `and`: the part of the filter language that clients use. */
function parseExpression(expression: string): Predicate {
  if (expression.trim() === 'true') return () => true;
  const terms = expression.split(/\s+and\s+/).map((term) => {
    const found = /^\(?\s*field\s+"(\w+)"\s*=\s*"([^"]*)"\s*\)?$/.exec(term.trim());
    if (!found) throw new ApiError('INVALID_VALUE', ['expr', expression]);
    return { field: found[1] ?? '', value: found[2] ?? '' };
  });
  return (fields) => terms.every(({ field, value }) => plain(fields[field]) === value);
}

function plain(value: Value | undefined): string {
  return value instanceof DateTime || value instanceof Float ? String(value.toJSON()) : String(value ?? '');
}
