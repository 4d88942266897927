export type { FakeConsole, FakeHost, FakePool, FakeVm } from './fake-pool.ts';
export { startFakePool } from './fake-pool.ts';
export type { Stats } from './model/pool-world.ts';
export type {
  ConsoleFault,
  FakeAccount,
  FakePoolOptions,
  FakeVmSpec,
  FaultTarget,
  PowerHooks,
  PowerState,
  Role,
  RpcFault,
  RpcFaultTarget,
  ScreenBackend,
  TextBackend,
} from './pool-options.ts';
export type { QemuParts, QemuSearch } from './qemu/find-qemu.ts';
export { findQemu, missingForQemu } from './qemu/find-qemu.ts';
export type { QemuGuest, QemuGuestOptions } from './qemu/start-qemu-guest.ts';
export { QemuFailure, startQemuGuest } from './qemu/start-qemu-guest.ts';
export { manyVms, oddVms } from './seeds.ts';
