import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');

/** Runs a command as if under another Node. */
function under(version: string, command: string) {
  const versions = JSON.stringify({ ...process.versions, node: version });
  const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:${versions}})`;
  return spawnSync(process.execPath, ['--import', pretend, command], { cwd: root, encoding: 'utf8' });
}

describe('every command', () => {
  it.each(['tools/start.mjs', 'tools/test.mjs', 'tools/gate.mjs'])(
    '%s names the Node it needs',
    (command) => {
      const { status, stdout, stderr } = under('18.20.8', command);
      expect(status).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toBe(
        '\nPorthole needs Node 20.19 or newer; this is 18.20.8.\n' +
          'Install a newer Node from your system or nodejs.org, then run the same command again.\n',
      );
    },
  );

  it('runs under a newer one', () => {
    const { status, stderr } = under('24.11.1', 'tools/gate.mjs');
    expect(status).toBe(2);
    expect(stderr).toContain('Gates: ssrf');
  });
});
