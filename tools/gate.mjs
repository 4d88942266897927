import { run } from './bootstrap.mjs';

run('gate.ts');
