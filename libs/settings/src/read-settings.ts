import type { z } from 'zod';

/** Every problem of an environment at once, one line each; never a value of it. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(app: string, problems: readonly string[]) {
    super(`The settings of ${app} aren’t complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

/**
 * Checks an environment against an app's schema.
 *
 * @param app the name that the person who starts it knows
 * @throws SettingsError with all problems
 */
export function readSettings<T>(
  app: string,
  schema: z.ZodType<T>,
  source: Readonly<Record<string, string | undefined>>,
): T {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new SettingsError(
    app,
    parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
  );
}
