import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** What the checkout holds and git does not ignore, new files included; paths from the root. */
export function projectFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = listed.split('\0').filter((file) => /^(?:apps|libs|tools|prisma|bench|e2e)\//.test(file));
  return files.filter(
    (file) => /\.(?:ts|tsx|mts|mjs|css|sql)$/.test(file) && existsSync(path.join(root, file)),
  );
}
