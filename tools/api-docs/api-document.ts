import superjson from 'superjson';
import type { z } from 'zod';
import { exampleInput } from './example-input.ts';
import { inputLines, inputSchemaOf } from './input-schema.ts';

/** A call as the router has it. */
export interface Procedure {
  type: 'query' | 'mutation' | 'subscription';
  /** Its own parser; none where it takes nothing. */
  input: z.ZodType | undefined;
}

/** What is said of a call beside that. */
export interface Said {
  scope: string | null;
  does: string;
  who: string;
  whyNot?: string | undefined;
}

const INTRO = `# The API

Every page of Porthole asks this API and nothing else; programs may ask the same, by an API token. This file is written by
\`tools/write-api-docs.ts\` from the router itself; a test fails while it says anything else.

## By a token

A person makes a token under Your account, API tokens, for one organisation, with scopes and an end. It is shown once. A
program sends it with every call:

\`\`\`sh
export PORTHOLE=https://console.example        # where Porthole is
export PORTHOLE_TOKEN=porthole_…               # the token
\`\`\`

- A token never does more than its person may at that moment, in its organisation alone. It ends at its end, when it is ended, with the
  membership, and with a new password by mail; while the person is disabled or locked, or the organisation suspended or locked, it isn't
  accepted. Where the organisation asks for a second factor, it has to be made in a session that showed one.
- Cookies are ignored beside a token. No Origin is needed; a call from a page of another site is refused.
- One token makes 300 calls a minute; a person has at most 20 that work in one organisation, each for a year at most.
- A token that is unknown, malformed or over is answered by 401 \`token/refused\`, whichever it is. A call outside its scopes, or one
  that tokens can't make, by 403 \`token/out-of-scope\`.
- The log names the token beside its person in every event of what it did.

| scope | what for |
| --- | --- |
| \`machines\` | reading the machines that the person sees |
| \`power\` | starting, shutting down and rebooting them |
| \`share\` | giving access to machines and ending it |
| \`log\` | reading the log, who is on a console, and who can do what |
| \`pools\` | reading pools and who holds their machines, running checks |

Consoles don't open by a token: a pass is bound to a login session and to the browser that asked for it.

## By a browser's session

Calls without a scope are made by who is signed in. The examples keep the cookies of \`auth.signIn\` in \`cookies.txt\`, as a browser
would, and send the Origin of Porthole with every change.

## Calls and answers

A query is a GET with its input in the address, a change a POST with JSON. Inputs and answers are superjson: what they are stands
under \`json\`, and \`meta\` says which of it are dates. An answer is \`{"result":{"data":{"json":…}}}\`, a refusal
\`{"error":{"json":{"message":…,"data":{"appCode":…,"httpStatus":…,"retryAfterS":…}}}}\`; its \`reference\` finds it in the log of the
server. Times are UTC. What isn't yours and what isn't there are answered alike.
`;

/** `docs/api.md`: every call with who may, what it takes, and an example that works. */
export function apiDocument(
  procedures: Readonly<Record<string, Procedure>>,
  said: Readonly<Record<string, Said>>,
): string {
  const rooms = new Map<string, string[]>();
  for (const path of Object.keys(procedures).sort()) {
    const room = path.split('.')[0] ?? path;
    const [procedure, words] = [procedures[path], said[path]];
    if (procedure === undefined || words === undefined) throw new Error(`nothing is said of ${path}`);
    rooms.set(room, [...(rooms.get(room) ?? []), callText(path, procedure, words)]);
  }
  return `${INTRO}\n${[...rooms].map(([room, calls]) => `## ${room}\n\n${calls.join('\n')}`).join('\n')}`;
}

function callText(path: string, { type, input }: Procedure, { scope, does, who, whyNot }: Said): string {
  const schema = inputSchemaOf(input);
  const takes = schema === null ? 'nothing' : `\`{ ${inputLines(schema).join(', ')} }\``;
  const tokens =
    scope === null ? `no tokens${whyNot === undefined ? '' : `: ${whyNot}`}` : `scope \`${scope}\``;
  return [
    `### ${path}`,
    '',
    does,
    '',
    `- ${type}; ${tokens}`,
    `- Who: ${who}`,
    `- Input: ${takes}`,
    '',
    '```sh',
    exampleCall(path, { type, scope, input: schema === null ? undefined : exampleInput(path, schema) }),
    '```',
    '',
  ].join('\n');
}

/** The call as a shell makes it. */
export function exampleCall(
  path: string,
  { type, scope, input }: { type: Procedure['type']; scope: string | null; input: unknown },
): string {
  const isChange = type === 'mutation';
  const body = input === undefined ? '{}' : JSON.stringify(superjson.serialize(input));
  const lines = [
    `curl ${isChange ? '' : type === 'query' ? '-G ' : '-N -G '}"$PORTHOLE/api/trpc/${path}"`,
    scope === null ? '-b cookies.txt -c cookies.txt' : '-H "Authorization: Bearer $PORTHOLE_TOKEN"',
    ...(isChange && scope === null ? ['-H "Origin: $PORTHOLE"'] : []),
    ...(isChange ? ['-H "Content-Type: application/json"', `-d '${body}'`] : []),
    ...(!isChange && input !== undefined ? [`--data-urlencode 'input=${body}'`] : []),
  ];
  return lines.join(' \\\n  ');
}
