import type { TokenScope } from './token-scopes.ts';

/** What is said of one call, for tokens and for `docs/api.md`. */
export interface Call {
  /** The scope that a token needs for it; null: no token can make it. */
  scope: TokenScope | null;
  does: string;
  who: string;
  /** Why no token can, where that is not plain: people read it. */
  whyNot?: string;
}

const ANYBODY = 'Anybody.';
const SIGNED_IN = 'Whoever is signed in.';
const MEMBERS = 'Members.';
const SEES = 'Whoever sees the machine.';
const SHARES = 'Whoever may share the machine.';
const RUNS_PEOPLE = 'Owners and admins.';
const READS_ALL = 'Owners, admins, auditors, and the provider’s operators.';
const READS_POOLS = 'Owners, admins, and the provider’s operators and support.';
const OPERATORS = 'The provider’s operators.';
const RUNS_TEAMS = 'Owners, admins, and the provider’s operators, in the provider’s own organisation.';
const RUNS_LOCKS =
  'Owners and admins, and the provider’s operators, who have confirmed who they are within ten minutes.';
const CONFIRMED_OWNERS = 'Owners and admins, who have confirmed who they are within ten minutes.';
const PROVIDER_SUPPORT = 'The provider’s owners, operators and support.';
const PROVIDER = 'The provider’s owners and operators.';

const BROWSER = 'A console opens in the browser of somebody who is signed in; a pass is bound to both.';

/**
 * Every call of the API. A call that is missing here is refused to every token, and a test walks the router for one. What
 * asks for a fresh proof of who acts, what secures a way in, and what people decide as people, is for no token.
 */
export const CALLS: Readonly<Record<string, Call>> = {
  'access.export': {
    scope: null,
    does: 'Gives the whole report about a person or a machine as CSV; that is itself an event.',
    who: 'Owners, admins, auditors, and the provider’s operators, who have confirmed who they are within ten minutes.',
  },
  'access.ofMachine': {
    scope: 'log',
    does: 'Says who can do what with a machine, and because of which role or grant.',
    who: READS_ALL,
  },
  'access.ofPerson': {
    scope: 'log',
    does: 'Says what a person can do with which machine, and because of which role or grant.',
    who: READS_ALL,
  },

  'allotment.change': {
    scope: null,
    does: 'Gives machines of a pool to organisations, by rules and by hand.',
    who: OPERATORS,
  },
  'allotment.machines': {
    scope: 'pools',
    does: 'Lists the machines of a pool with who holds each.',
    who: OPERATORS,
  },
  'allotment.organisations': {
    scope: null,
    does: 'Finds organisations that machines can be given to.',
    who: OPERATORS,
  },
  'allotment.preview': {
    scope: null,
    does: 'Says what a draft of rules and hands would move, and whom that hits.',
    who: OPERATORS,
  },
  'allotment.read': {
    scope: 'pools',
    does: 'Reads the rules by which a pool’s machines are given to organisations.',
    who: OPERATORS,
  },

  'auth.addPasskey': { scope: null, does: 'Adds a passkey.', who: SIGNED_IN },
  'auth.askMyPasskey': {
    scope: null,
    does: 'Asks for a challenge to confirm who one is by a passkey.',
    who: SIGNED_IN,
  },
  'auth.askPasskey': { scope: null, does: 'Asks for a challenge to sign in by a passkey.', who: ANYBODY },
  'auth.beginFactor': { scope: null, does: 'Begins to set up an app as second factor.', who: SIGNED_IN },
  'auth.beginPasskey': { scope: null, does: 'Begins to add a passkey.', who: SIGNED_IN },
  'auth.changePassword': { scope: null, does: 'Changes one’s own password.', who: SIGNED_IN },
  'auth.confirm': {
    scope: null,
    does: 'Confirms who one is, for acts that ask for it.',
    who: SIGNED_IN,
  },
  'auth.confirmByPasskey': { scope: null, does: 'Confirms who one is by a passkey.', who: SIGNED_IN },
  'auth.confirmFactor': { scope: null, does: 'Finishes setting up an app by a code of it.', who: SIGNED_IN },
  'auth.createOrganisation': {
    scope: null,
    does: 'Makes an organisation of one’s own, where this Porthole lets people.',
    who: SIGNED_IN,
  },
  'auth.endSession': {
    scope: null,
    does: 'Ends one of one’s own sessions, and its consoles.',
    who: SIGNED_IN,
  },
  'auth.factor': { scope: null, does: 'Says which second factors one has.', who: SIGNED_IN },
  'auth.finishSignIn': {
    scope: null,
    does: 'Finishes a sign-in by a second factor.',
    who: 'Whoever has just shown a password.',
  },
  'auth.leaveSignIn': { scope: null, does: 'Calls off a sign-in that waits for its factor.', who: ANYBODY },
  'auth.makeCodes': { scope: null, does: 'Makes new recovery codes.', who: SIGNED_IN },
  'auth.me': { scope: null, does: 'Says who is signed in, and where they belong.', who: SIGNED_IN },
  'auth.mySessions': { scope: null, does: 'Lists one’s own sessions.', who: SIGNED_IN },
  'auth.password': {
    scope: null,
    does: 'Says whether one has a password, and whether it lets one in.',
    who: SIGNED_IN,
  },
  'auth.removePasskey': { scope: null, does: 'Removes a passkey.', who: SIGNED_IN },
  'auth.renamePasskey': { scope: null, does: 'Renames a passkey.', who: SIGNED_IN },
  'auth.signIn': {
    scope: null,
    does: 'Signs in by password; sets the cookies of the session.',
    who: ANYBODY,
  },
  'auth.signInByPasskey': { scope: null, does: 'Signs in by a passkey.', who: ANYBODY },
  'auth.signOut': { scope: null, does: 'Ends this session, and its consoles.', who: SIGNED_IN },
  'auth.touch': { scope: null, does: 'Notes that somebody types or points.', who: SIGNED_IN },
  'auth.turnFactorOff': { scope: null, does: 'Turns the app of codes off.', who: SIGNED_IN },

  'checks.cancel': { scope: 'pools', does: 'Calls off a check.', who: OPERATORS },
  'checks.get': { scope: 'pools', does: 'Reads one check, step by step.', who: READS_POOLS },
  'checks.list': { scope: 'pools', does: 'Lists the last checks of a pool.', who: READS_POOLS },
  'checks.run': {
    scope: 'pools',
    does: 'Checks a pool, or one host or machine of it.',
    who: OPERATORS,
  },
  'checks.schedule': {
    scope: null,
    does: 'Says how often a pool is checked by itself.',
    who: OPERATORS,
  },

  'console.open': {
    scope: null,
    does: 'Gives a pass for a console: one use, 30 seconds, in the browser that asks.',
    who: 'Whoever may look at the machine, or type at it.',
    whyNot: BROWSER,
  },
  'console.outcome': {
    scope: null,
    does: 'Says why a console did not open.',
    who: 'Whoever asked for its pass.',
    whyNot: BROWSER,
  },

  'door.arrive': { scope: null, does: 'Comes with a guest link, and has a code mailed.', who: ANYBODY },
  'door.knock': { scope: null, does: 'Knocks.', who: 'A guest who has shown the code.' },
  'door.leave': { scope: null, does: 'Ends the visit.', who: 'A guest.' },
  'door.look': { scope: null, does: 'Says whether a guest link still works.', who: ANYBODY },
  'door.open': { scope: null, does: 'Gives a pass for the console.', who: 'A guest who was let in.' },
  'door.outcome': { scope: null, does: 'Says why the console did not open.', who: 'A guest.' },
  'door.prove': { scope: null, does: 'Shows the code from the mail.', who: 'A guest.' },
  'door.visit': { scope: null, does: 'Says how the visit stands.', who: 'A guest.' },

  'grants.end': {
    scope: 'share',
    does: 'Ends access; open consoles that stand on it close within two seconds.',
    who: SHARES,
  },
  'grants.give': {
    scope: 'share',
    does: 'Shares machines, those with a tag, or all, with members and teams: as a role, or right by right.',
    who: 'Whoever may share the machines; over a tag or all who runs the organisation.',
  },
  'grants.list': { scope: 'share', does: 'Lists the access that was given to a machine.', who: SEES },
  'grants.preview': {
    scope: 'share',
    does: 'Says what sharing would change for each person, before it is done.',
    who: 'As for giving.',
  },
  'grants.receivers': {
    scope: 'share',
    does: 'Lists the members and teams that something can be shared with.',
    who: MEMBERS,
  },

  'guests.answer': { scope: null, does: 'Lets a guest in who waits at the door, or doesn’t.', who: SHARES },
  'guests.atDoor': { scope: null, does: 'Lists who waits at the door of a machine.', who: SEES },
  'guests.end': {
    scope: null,
    does: 'Ends a guest link.',
    who: 'Who made it, and whoever may share the machine.',
  },
  'guests.get': {
    scope: null,
    does: 'Reads a guest link with all that happened.',
    who: 'Who made it, whoever may share the machine, and who reads all access.',
  },
  'guests.list': {
    scope: null,
    does: 'Lists the guest links of a machine, or of the organisation.',
    who: 'Of a machine whoever sees it; of the organisation who reads all access.',
  },
  'guests.make': { scope: null, does: 'Mails a guest link to one console.', who: SHARES },
  'guests.restore': {
    scope: null,
    does: 'Takes back the end of a guest link, within two minutes.',
    who: 'As for its end.',
  },

  'invitations.list': { scope: null, does: 'Lists open invitations.', who: RUNS_PEOPLE },
  'invitations.resend': { scope: null, does: 'Mails an invitation again.', who: RUNS_PEOPLE },
  'invitations.send': { scope: null, does: 'Invites an address.', who: RUNS_PEOPLE },
  'invitations.withdraw': { scope: null, does: 'Withdraws an invitation.', who: RUNS_PEOPLE },

  'links.acceptAsNew': {
    scope: null,
    does: 'Accepts an invitation and makes the account for it.',
    who: 'Whoever has its mail.',
  },
  'links.acceptInvitation': {
    scope: null,
    does: 'Accepts an invitation.',
    who: 'Whoever is signed in with the address that was invited.',
  },
  'links.askEmailChange': {
    scope: null,
    does: 'Asks to use another e-mail; it is confirmed by a mail there.',
    who: SIGNED_IN,
  },
  'links.askReset': { scope: null, does: 'Asks for a new password by mail.', who: ANYBODY },
  'links.askSignUp': { scope: null, does: 'Asks for an account by mail.', who: ANYBODY },
  'links.confirmEmail': { scope: null, does: 'Confirms another e-mail.', who: 'Whoever has its mail.' },
  'links.lookAtInvitation': { scope: null, does: 'Reads an invitation.', who: 'Whoever has its mail.' },
  'links.lookAtReset': { scope: null, does: 'Says whether a reset link still works.', who: ANYBODY },
  'links.lookAtSignUp': { scope: null, does: 'Says whether a sign-up link still works.', who: ANYBODY },
  'links.resetPassword': { scope: null, does: 'Sets a new password.', who: 'Whoever has its mail.' },
  'links.signUp': {
    scope: null,
    does: 'Makes an account and an organisation.',
    who: 'Whoever has its mail.',
  },

  'live.changes': {
    scope: null,
    does: 'A stream of hints that something changed; it carries no data.',
    who: MEMBERS,
  },
  'live.close': {
    scope: null,
    does: 'Closes somebody’s console, with a reason.',
    who: 'Whoever may share the machine, or runs the organisation.',
  },
  'live.seats': { scope: 'log', does: 'Lists who is on which console now.', who: READS_ALL },

  'locks.here': { scope: null, does: 'Says which locks touch whoever asks.', who: MEMBERS },
  'locks.lift': { scope: null, does: 'Lifts a lock, with a reason.', who: RUNS_LOCKS },
  'locks.liftOverCustomer': {
    scope: null,
    does: 'Lifts the provider’s lock over an organisation.',
    who: PROVIDER,
  },
  'locks.list': { scope: null, does: 'Lists locks that stand, and lifted ones.', who: READS_ALL },
  'locks.ofCustomers': {
    scope: null,
    does: 'Lists the organisations that the provider locked.',
    who: PROVIDER,
  },
  'locks.preview': { scope: null, does: 'Says which consoles a lock would close.', who: RUNS_LOCKS },
  'locks.set': {
    scope: null,
    does: 'Locks a person, a team, a machine, a pool or the organisation; its consoles close within two seconds.',
    who: RUNS_LOCKS,
  },
  'locks.setOverCustomer': { scope: null, does: 'Locks a whole organisation.', who: PROVIDER },

  'log.event': { scope: 'log', does: 'Reads one event of the log.', who: READS_ALL },
  'log.list': { scope: 'log', does: 'Reads the log, newest first, 50 events at a time.', who: READS_ALL },
  'log.verify': {
    scope: 'log',
    does: 'Recomputes the chain of the log; that is itself an event.',
    who: READS_ALL,
  },

  'machines.changed': {
    scope: 'machines',
    does: 'Lists what changed among the machines since a moment.',
    who: MEMBERS,
  },
  'machines.get': {
    scope: 'machines',
    does: 'Reads one machine: its state, addresses, and which consoles it has.',
    who: SEES,
  },
  'machines.list': {
    scope: 'machines',
    does: 'Lists the machines that you see, with what you may do with each.',
    who: MEMBERS,
  },

  'organisations.createForCustomer': { scope: null, does: 'Makes an organisation.', who: PROVIDER },
  'organisations.inviteOwner': {
    scope: null,
    does: 'Invites an owner into an organisation.',
    who: PROVIDER,
  },
  'organisations.list': { scope: null, does: 'Lists the organisations.', who: PROVIDER },
  'organisations.mail': { scope: null, does: 'Says how the sending of mail stands.', who: PROVIDER },
  'organisations.resume': { scope: null, does: 'Lets a suspended organisation go on.', who: PROVIDER },
  'organisations.suspend': {
    scope: null,
    does: 'Suspends an organisation; its consoles close.',
    who: PROVIDER,
  },

  'people.get': { scope: null, does: 'Reads one member.', who: MEMBERS },
  'people.leave': { scope: null, does: 'Leaves the organisation.', who: MEMBERS },
  'people.list': { scope: null, does: 'Lists the members.', who: MEMBERS },
  'people.remove': { scope: null, does: 'Removes a member.', who: RUNS_PEOPLE },
  'people.setRole': { scope: null, does: 'Gives a member another role.', who: RUNS_PEOPLE },

  'policy.change': {
    scope: null,
    does: 'Changes the policy.',
    who: 'Owners, admins, and the provider’s operators.',
  },
  'policy.read': { scope: null, does: 'Reads the policy.', who: READS_ALL },

  'pools.add': { scope: null, does: 'Adds a pool with its account.', who: OPERATORS },
  'pools.get': { scope: 'pools', does: 'Reads one pool, its hosts and its state.', who: READS_POOLS },
  'pools.impact': {
    scope: 'pools',
    does: 'Says what pausing or removing a pool would cut, in numbers.',
    who: OPERATORS,
  },
  'pools.list': { scope: 'pools', does: 'Lists the pools with their state.', who: READS_POOLS },
  'pools.move': { scope: null, does: 'Changes the address or certificate of a pool.', who: OPERATORS },
  'pools.pause': { scope: null, does: 'Pauses a pool; its consoles close.', who: OPERATORS },
  'pools.probe': { scope: null, does: 'Looks at the certificate of an address.', who: OPERATORS },
  'pools.probeResult': { scope: null, does: 'Reads what was seen there.', who: OPERATORS },
  'pools.remove': { scope: null, does: 'Removes a pool.', who: OPERATORS },
  'pools.rename': { scope: null, does: 'Renames a pool.', who: OPERATORS },
  'pools.resume': { scope: null, does: 'Lets a paused pool go on.', who: OPERATORS },
  'pools.retry': { scope: null, does: 'Has a pool signed in to again at once.', who: OPERATORS },
  'pools.setAccount': { scope: null, does: 'Stores another account of a pool.', who: OPERATORS },
  'pools.setHostAddress': { scope: null, does: 'Says where a host is reached.', who: OPERATORS },

  'power.cancel': {
    scope: 'power',
    does: 'Calls off what was asked of a machine and not yet sent.',
    who: 'Whoever may start and shut down the machine.',
  },
  'power.operations': {
    scope: 'power',
    does: 'Lists what was asked of a machine’s power, and what came of it.',
    who: SEES,
  },
  'power.request': {
    scope: 'power',
    does: 'Starts, shuts down, reboots, pauses, suspends or resumes up to 200 machines. Who asks again for what is under way gets that.',
    who: 'Whoever may start and shut down the machine; forcing is a right of its own.',
  },

  'requests.approve': { scope: null, does: 'Gives what a request asks for, or less.', who: SHARES },
  'requests.ask': { scope: null, does: 'Asks for access to a machine.', who: SEES },
  'requests.breakGlass': {
    scope: null,
    does: 'Asks to be let in at once, in an emergency.',
    who: 'Members, where the policy has it.',
  },
  'requests.confirm': {
    scope: null,
    does: 'Confirms an emergency, as one of two.',
    who: SHARES,
  },
  'requests.count': { scope: null, does: 'Says how many requests wait for you.', who: MEMBERS },
  'requests.get': {
    scope: null,
    does: 'Reads one request.',
    who: 'Who asked, and who answers.',
  },
  'requests.list': { scope: null, does: 'Lists your requests and those you answer.', who: MEMBERS },
  'requests.ofMachine': { scope: null, does: 'Lists the requests for a machine.', who: SEES },
  'requests.refuse': { scope: null, does: 'Refuses a request.', who: SHARES },
  'requests.review': {
    scope: null,
    does: 'Notes that an emergency was looked into.',
    who: 'Owners, admins, auditors, and the provider’s operators, but never who asked.',
  },
  'requests.withdraw': { scope: null, does: 'Withdraws a request.', who: 'Who asked.' },

  'singleSignOn.addDomain': { scope: null, does: 'Names a mail domain.', who: RUNS_PEOPLE },
  'singleSignOn.begin': { scope: null, does: 'Begins a sign-in by single sign-on.', who: ANYBODY },
  'singleSignOn.change': { scope: null, does: 'Changes the connection to the issuer.', who: RUNS_PEOPLE },
  'singleSignOn.read': { scope: null, does: 'Reads the connection, without its secret.', who: RUNS_PEOPLE },
  'singleSignOn.removeDomain': { scope: null, does: 'Removes a mail domain.', who: RUNS_PEOPLE },
  'singleSignOn.verifyDomain': {
    scope: null,
    does: 'Looks into DNS whether a mail domain is the organisation’s.',
    who: RUNS_PEOPLE,
  },

  'support.approve': {
    scope: null,
    does: 'Lets the provider’s support in, for an hour at most.',
    who: CONFIRMED_OWNERS,
  },
  'support.ask': {
    scope: null,
    does: 'Asks an organisation to be let in as support.',
    who: PROVIDER_SUPPORT,
  },
  'support.end': { scope: null, does: 'Ends support at once, with its consoles.', who: RUNS_PEOPLE },
  'support.enter': {
    scope: null,
    does: 'Enters an organisation that let support in.',
    who: PROVIDER_SUPPORT,
  },
  'support.here': { scope: null, does: 'Says who of the provider is inside now.', who: MEMBERS },
  'support.leave': {
    scope: null,
    does: 'Leaves an organisation, or gives back what it gave.',
    who: PROVIDER_SUPPORT,
  },
  'support.list': {
    scope: null,
    does: 'Lists support that waits, that is inside, and that was.',
    who: READS_ALL,
  },
  'support.ofProvider': {
    scope: null,
    does: 'Lists what one asked and was given as support.',
    who: PROVIDER_SUPPORT,
  },
  'support.offer': {
    scope: null,
    does: 'Offers support to come in, for an hour at most.',
    who: CONFIRMED_OWNERS,
  },
  'support.refuse': { scope: null, does: 'Refuses support, with a reason.', who: RUNS_PEOPLE },

  'teams.addMembers': { scope: null, does: 'Adds members to a team.', who: RUNS_TEAMS },
  'teams.create': { scope: null, does: 'Makes a team.', who: RUNS_TEAMS },
  'teams.get': { scope: null, does: 'Reads a team: its people, and what it was given.', who: MEMBERS },
  'teams.list': { scope: null, does: 'Lists the teams.', who: MEMBERS },
  'teams.remove': { scope: null, does: 'Removes a team; what it was given ends.', who: RUNS_TEAMS },
  'teams.removeMember': { scope: null, does: 'Takes somebody out of a team.', who: RUNS_TEAMS },
  'teams.rename': { scope: null, does: 'Renames a team.', who: RUNS_TEAMS },

  'tokens.end': {
    scope: null,
    does: 'Ends a token at once.',
    who: 'Whose it is; owners and admins end anybody’s.',
  },
  'tokens.list': { scope: null, does: 'Lists everybody’s tokens.', who: RUNS_PEOPLE },
  'tokens.make': {
    scope: null,
    does: 'Makes a token; the answer holds it, once.',
    who: 'Members, who have confirmed who they are within ten minutes.',
  },
  'tokens.mine': { scope: null, does: 'Lists your tokens in the organisation.', who: MEMBERS },
};

/** What is said of the call of that name; null where nothing is, which is no. */
export function callOf(path: string): Call | null {
  return (Object.hasOwn(CALLS, path) ? CALLS[path] : undefined) ?? null;
}
