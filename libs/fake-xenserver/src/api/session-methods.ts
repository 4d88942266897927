import { hasRole } from '../model/pool-world.ts';
import { DateTime, type Fields, mapOf, NULL_REF, type Value } from '../model/values.ts';
import type { Role } from '../pool-options.ts';
import { ApiError } from './api-error.ts';
import { type Call, type MethodTable, textParameter } from './method.ts';

/** Sessions (xenapi.md §2). */
export function addSessionMethods(table: MethodTable): void {
  table.set('session.login_with_password', {
    parameters: ['uname', 'pwd', 'version?', 'originator?'],
    needsSession: false,
    role: 'read-only',
    run: login,
  });
  table.set('session.logout', {
    parameters: [],
    needsSession: true,
    role: 'read-only',
    run: (call) => {
      call.world.sessions.end(call.session().ref);
      return '';
    },
  });
  const own = (name: string, run: (call: Call) => Value) =>
    table.set(`session.${name}`, { parameters: ['self'], needsSession: true, role: 'read-only', run });
  own('get_record', (call) => sessionRecord(call, table));
  for (const field of SESSION_FIELDS) own(`get_${field}`, (call) => sessionRecord(call, table)[field] ?? '');
}

const SESSION_FIELDS = [
  'uuid',
  'this_host',
  'this_user',
  'last_active',
  'pool',
  'other_config',
  'is_local_superuser',
  'subject',
  'validation_time',
  'auth_user_sid',
  'auth_user_name',
  'rbac_permissions',
  'tasks',
  'parent',
  'originator',
  'client_certificate',
];

/** xenapi.md §2.5: local root is superuser; what others may is told by the names of their permissions. */
function sessionRecord(call: Call, table: MethodTable): Fields {
  const session = namedSession(call);
  const subject = call.world.db
    .rows('subject')
    .find((row) => mapOf(row.fields.other_config)['subject-name'] === session.userName);
  return {
    uuid: session.ref.slice('OpaqueRef:'.length),
    this_host: call.host.ref,
    this_user: NULL_REF,
    last_active: new DateTime(session.lastActive),
    pool: false,
    other_config: {},
    is_local_superuser: session.isLocalRoot,
    subject: subject?.ref ?? NULL_REF,
    validation_time: new DateTime(session.openedAt),
    auth_user_sid: subject?.fields.subject_identifier ?? '',
    auth_user_name: session.userName,
    rbac_permissions: session.isLocalRoot ? [] : permissionsOf(session.role, table),
    tasks: [],
    parent: NULL_REF,
    originator: session.originator,
    client_certificate: false,
  };
}

/** xenapi.md §2.5: lower case, with those of the HTTP actions. */
function permissionsOf(role: Role, table: MethodTable): string[] {
  const calls = [...table].filter(([name, method]) => name.includes('.') && hasRole(role, method.role));
  const http = Object.entries(HTTP_ROLES).filter(([, needed]) => hasRole(role, needed));
  return [...calls, ...http].map(([name]) => name.replace(/^Async\./, '').toLowerCase());
}

const HTTP_ROLES: Readonly<Record<string, Role>> = {
  'http/connect_console': 'vm-operator',
  'http/connect_console_ws': 'vm-operator',
  'http/connect_console/host_console': 'pool-admin',
  'http/get_vncsnapshot': 'vm-operator',
  'http/get_vncsnapshot/host_console': 'pool-admin',
};

function login(call: Call): string {
  const { world, host } = call;
  // xenapi.md §2.1: a member names the master's address, bare.
  if (host !== world.master) throw new ApiError('HOST_IS_SLAVE', [world.masterAddress]);
  const username = textParameter(call, 0, 'uname');
  const password = textParameter(call, 1, 'pwd');
  const account = world.accounts.find((entry) => entry.username === username && entry.password === password);
  if (!account) {
    world.stats.failedLogins++;
    // xenapi.md §2.3: user name and the text of PAM.
    throw new ApiError('SESSION_AUTHENTICATION_FAILED', [username, 'Authentication failure']);
  }
  world.stats.logins++;
  const originator = call.parameters.length > 3 ? textParameter(call, 3, 'originator') : '';
  return world.sessions.login(username, account.role, originator, account === world.accounts[0]).ref;
}

function namedSession(call: Call) {
  const ref = textParameter(call, 0, 'self');
  const session = call.world.sessions.find(ref);
  if (!session) throw new ApiError('HANDLE_INVALID', ['session', ref]);
  return session;
}
