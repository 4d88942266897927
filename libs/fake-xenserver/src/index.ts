export type { FakeConsole, FakeHost, FakePool, FakeVm } from './fake-pool.ts';
export { startFakePool } from './fake-pool.ts';
export type {
  ConsoleFault,
  FakeAccount,
  FakePoolOptions,
  FakeVmSpec,
  FaultTarget,
  PowerHooks,
  PowerState,
  Role,
  ScreenBackend,
  TextBackend,
} from './pool-options.ts';
