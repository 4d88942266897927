export { ForbiddenError, NotFoundError } from './access-errors.ts';
export { AppError, type AppErrorInit, codeOf, DEFAULT_PUBLIC_MESSAGE } from './app-error.ts';
export { Secret } from './secret.ts';
