export { checkFromRelay, type RelayCheckDeps, type RelayHost } from './check-from-relay.ts';
export { checkFromWorker, type WorkerCheckDeps, type WorkerTarget } from './check-from-worker.ts';
export { CheckRun, type CheckRunInit, CheckStopped } from './check-run.ts';
