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
  const own = (name: string, run: (call: Call) => string) =>
    table.set(`session.${name}`, { parameters: ['self'], needsSession: true, role: 'read-only', run });
  own('get_auth_user_name', (call) => namedSession(call).userName);
  own('get_originator', (call) => namedSession(call).originator);
  own('get_this_host', (call) => call.host.ref);
}

function login(call: Call): string {
  const { world, host } = call;
  // xenapi.md §2.1: a member names the master's address, bare.
  if (host !== world.master) throw new ApiError('HOST_IS_SLAVE', [world.master.address]);
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
  return world.sessions.login(username, account.role, originator).ref;
}

function namedSession(call: Call) {
  const ref = textParameter(call, 0, 'self');
  const session = call.world.sessions.find(ref);
  if (!session) throw new ApiError('HANDLE_INVALID', ['session', ref]);
  return session;
}
