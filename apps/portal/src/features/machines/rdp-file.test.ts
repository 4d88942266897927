import { describe, expect, it } from 'vitest';
import { rdpAddress, rdpFile, rdpFileName } from './rdp-file.ts';

const windows = {
  name: 'ad-01',
  powerState: 'Running',
  osName: 'Windows Server 2022',
  addresses: ['10.0.0.5'],
};

describe('the file for Remote Desktop', () => {
  it('is for a Windows that runs and has an address', () => {
    expect(rdpAddress(windows)).toBe('10.0.0.5');
    expect(rdpAddress({ ...windows, osName: 'Microsoft Windows 11 Pro' })).toBe('10.0.0.5');
    for (const not of [
      { osName: 'Debian 12' },
      { osName: null },
      { powerState: 'Halted' },
      { addresses: [] },
    ])
      expect(rdpAddress({ ...windows, ...not })).toBeNull();
  });

  it('takes the first address that leads somewhere', () => {
    const addresses = ['169.254.7.1', 'fe80::1', 'fd20::12', '10.0.0.5'];
    expect(rdpAddress({ ...windows, addresses })).toBe('fd20::12');
  });

  it.each([
    '10.0.0.5\r\nalternate shell:s:cmd.exe',
    '10.0.0.5:3389',
    '10.0.0.256',
    '1.2.3',
    'evil.example',
    '::::',
    'fd20::12%eth0',
    '',
  ])('never takes what a guest could smuggle in: %j', (address) => {
    expect(rdpAddress({ ...windows, addresses: [address] })).toBeNull();
  });

  it('says where, asks for the account, and hands over nothing of the own computer', () => {
    expect(rdpFile('10.0.0.5').split('\r\n')[0]).toBe('full address:s:10.0.0.5:3389');
    expect(rdpFile('fd20::12').split('\r\n')[0]).toBe('full address:s:[fd20::12]:3389');
    expect(rdpFile('10.0.0.5')).toContain('prompt for credentials:i:1\r\n');
    expect(rdpFile('10.0.0.5')).not.toMatch(/:i:1\r\n.*redirect/);
  });

  it('has a name that every system takes', () => {
    expect(rdpFileName('ad-01')).toBe('ad-01.rdp');
    expect(rdpFileName('../Büro "Süd"/1')).toBe('Bu-ro-Su-d-1.rdp');
    expect(rdpFileName('…')).toBe('machine.rdp');
    expect(rdpFileName('x'.repeat(300)).length).toBe(64);
  });
});
