import { run } from './bootstrap.mjs';

run('fuzz.ts');
