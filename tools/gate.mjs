import { run } from './bootstrap.mjs';

// As test-run/gate-lanes.ts: some gates attack the portal's own calls, whose modules say that no browser may load them.
run('gate.ts', ['--conditions=react-server']);
