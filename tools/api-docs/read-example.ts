/** What a shell would make of one `curl` of `docs/api.md`. */
export interface Example {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body: string | null;
}

/**
 * Reads a `curl` as it stands in the document.
 *
 * @param variables what `$NAME` in double quotes stands for
 */
export function readExample(text: string, variables: Readonly<Record<string, string>>): Example {
  const [program, ...args] = shellWords(text, variables);
  if (program !== 'curl') throw new Error(`no curl: ${text}`);
  let url: URL | null = null;
  const headers: Record<string, string> = {};
  const search: string[] = [];
  let body: string | null = null;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '-G' || arg === '-N') continue;
    if (!arg.startsWith('-')) {
      url = new URL(arg);
      continue;
    }
    at += 1;
    const value = args[at] ?? '';
    if (arg === '-H')
      headers[value.slice(0, value.indexOf(':')).toLowerCase()] = value.slice(value.indexOf(':') + 2);
    else if (arg === '-d') body = value;
    else if (arg === '--data-urlencode') search.push(value);
    else if (arg !== '-b' && arg !== '-c') throw new Error(`an option that no example has: ${arg}`);
  }
  if (url === null) throw new Error(`no address: ${text}`);
  for (const pair of search)
    url.searchParams.append(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
  return { method: body === null ? 'GET' : 'POST', url, headers, body };
}

/** Every example of the document by the name of its call. */
export function examplesIn(document: string): Map<string, string> {
  const found = document.matchAll(/^### (\S+)\n[^#]*?```sh\n([\s\S]*?)\n```/gm);
  return new Map([...found].map(([, path = '', text = '']) => [path, text]));
}

function shellWords(text: string, variables: Readonly<Record<string, string>>): string[] {
  const words = text.replaceAll(/\\\n\s*/g, ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g);
  return [...words].map(
    ([, single, double, bare]) =>
      single ??
      double?.replaceAll(/\$(\w+)/g, (_, name: string) => {
        const value = variables[name];
        if (value === undefined) throw new Error(`$${name} stands for nothing`);
        return value;
      }) ??
      bare ??
      '',
  );
}
