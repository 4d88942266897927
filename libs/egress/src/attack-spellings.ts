/** A way to write an address that must not be dialled, for tests and for the gate `ssrf`. */
export interface Attack {
  /** What is typed, or what a record holds. */
  readonly spelling: string;
  readonly aims: string;
}

/** Addresses inside a machine, a network or a cloud. */
const IPV4_AIMS = [
  '127.0.0.1',
  '127.1.2.3',
  '0.0.0.0',
  '10.0.0.5',
  '172.16.3.4',
  '172.31.255.254',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.1.1',
  '100.100.100.200',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
] as const;

const IPV6_AIMS = [
  '::1',
  '::',
  '0:0:0:0:0:0:0:1',
  '0000:0000:0000:0000:0000:0000:0000:0001',
  'fe80::1',
  'fe80::1%eth0',
  'fe80::5efe:127.0.0.1',
  'febf::1',
  'fec0::1',
  'fc00::1',
  'fd12:3456:789a::1',
  'fd00:ec2::254',
  'FD00:EC2::254',
  'fd20:ce::254',
  'fd00:42::42',
  'ff02::1',
  'ff0e::1',
  '100::1',
  '2001:db8::1',
  '2001:2::1',
  '2001:10::1',
  '3fff::1',
  '4000::1',
  '5f00::1',
  '64:ff9b::',
  '::ffff:0:0',
] as const;

/** More than 400 spellings of addresses that are never reached with an empty allow-list (security.md §4, gate `ssrf`). */
export function attackSpellings(): Attack[] {
  const v4 = IPV4_AIMS.flatMap((aims) => spellingsOf(aims).map((spelling) => ({ spelling, aims })));
  const v6 = IPV6_AIMS.flatMap((aims) => [aims, `[${aims}]`].map((spelling) => ({ spelling, aims })));
  const seen = new Map([...v4, ...v6].map((attack) => [attack.spelling, attack]));
  return [...seen.values()];
}

/** Names for a resolver that answers with `aims`: the name is harmless, the answer is not. */
export function attackAnswers(): ReadonlyArray<readonly string[]> {
  const literals = [...IPV4_AIMS, ...IPV6_AIMS, ...IPV4_AIMS.flatMap(tunnelled)];
  const rubbish = ['', 'localhost', '127.1', '0x7f000001', '8.8.8.8 ', '127.0.0.1%lo', '1.1.1.1/32'];
  return [...literals, ...rubbish].flatMap((bad) => [[bad], ['9.9.9.9', bad], [bad, '2620:fe::fe']]);
}

function spellingsOf(ip: string): string[] {
  const bytes = ip.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  const number = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (byte: number) => `0x${byte.toString(16)}`;
  const octal = (byte: number) => `0${byte.toString(8)}`;
  return [
    ip,
    `${ip}.`,
    String(number),
    hex(number),
    hex(number).toUpperCase(),
    octal(number),
    bytes.map(hex).join('.'),
    bytes.map(octal).join('.'),
    bytes.map((byte) => `0000${byte.toString(8)}`).join('.'),
    `${a}.${b * 65_536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${hex(a)}.${b}.${octal(c)}.${hex(d)}`,
    digitsFrom(ip, '０'),
    digitsFrom(ip, '𝟎'),
    digitsFrom(ip, '𝟘'),
    circled(ip),
    ip.replaceAll('.', '。'),
    ip.replaceAll('.', '．'),
    ip.replaceAll('.', '｡'),
    percentEncoded(ip),
    `9.9.9.9@${ip}`,
    `${ip}#@9.9.9.9`,
    `9.9.9.9\\@${ip}`,
    `${ip}\t`,
    `${ip}\u00ad`,
    ...tunnelled(ip).flatMap((form) => [form, `[${form}]`]),
  ];
}

/** IPv6 addresses that carry an IPv4 one (security.md §4.3). */
function tunnelled(ip: string): string[] {
  const bytes = ip.split('.').map(Number);
  const group = (high = 0, low = 0) => (high * 256 + low).toString(16);
  const [top, bottom] = [group(bytes[0], bytes[1]), group(bytes[2], bytes[3])];
  const [flippedTop, flippedBottom] = [top, bottom].map((part) =>
    (Number.parseInt(part, 16) ^ 0xffff).toString(16),
  );
  return [
    `::ffff:${ip}`,
    `::FFFF:${top}:${bottom}`,
    `0:0:0:0:0:ffff:${ip}`,
    `::ffff:0:${ip}`,
    `::${ip}`,
    `64:ff9b::${ip}`,
    `64:ff9b::${top}:${bottom}`,
    `64:ff9b:1::${ip}`,
    `2002:${top}:${bottom}::1`,
    `2001:0:4136:e378:8000:63bf:${flippedTop}:${flippedBottom}`,
  ];
}

/** The digits out of another row of Unicode, which the URL parser turns into ASCII ones. */
function digitsFrom(ip: string, zero: string): string {
  return ip.replace(/[0-9]/g, (digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)));
}

function circled(ip: string): string {
  return ip.replace(/[0-9]/g, (digit) =>
    digit === '0' ? '⓪' : String.fromCodePoint(0x2460 + Number(digit) - 1),
  );
}

function percentEncoded(ip: string): string {
  return [...ip].map((character) => `%${character.charCodeAt(0).toString(16)}`).join('');
}
