/** Port of the Remote Desktop Protocol where nothing else is said (IANA, ms-wbt-server). */
const RDP_PORT = 3389;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^[0-9a-f:]{2,39}$/i;
/** Neither reaches anybody else's machine: a guest names itself so before it has an address of the network. */
const OF_THE_LINK = /^(?:169\.254\.|fe80:)/i;

/** What of a machine decides whether a file for Remote Desktop can be made. */
export interface RdpMachine {
  name: string;
  powerState: string;
  osName: string | null;
  addresses: readonly string[];
}

/**
 * The address that Remote Desktop can be pointed at: of a running Windows, the first one that is one. The guest says what it
 * is called, so whatever is no plain address stays out of the file.
 */
export function rdpAddress({ powerState, osName, addresses }: RdpMachine): string | null {
  if (powerState !== 'Running' || osName === null || !/windows/i.test(osName)) return null;
  return addresses.find((address) => !OF_THE_LINK.test(address) && isAddress(address)) ?? null;
}

/**
 * A file that Remote Desktop clients open (Microsoft, "Supported RDP properties"). It holds no account: the client asks.
 * @param address of {@link rdpAddress}
 */
export function rdpFile(address: string): string {
  const host = address.includes(':') ? `[${address}]` : address;
  const lines = [
    `full address:s:${host}:${RDP_PORT}`,
    'prompt for credentials:i:1',
    'authentication level:i:2',
    'redirectclipboard:i:0',
    'redirectdrives:i:0',
    'redirectprinters:i:0',
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** A file name that every system takes: letters of the machine's name, digits, dots and dashes. */
export function rdpFileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  return `${plain.slice(0, 60) || 'machine'}.rdp`;
}

function isAddress(text: string): boolean {
  return IPV4.test(text) || (IPV6.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`));
}
