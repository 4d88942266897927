import type { XenEvent } from '@porthole/xenapi';
import { describe, expect, it } from 'vitest';
import { PoolModel } from './pool-model.ts';
import { consoleOf, hostOf, refOf, uuidOf, vmOf } from './test-records.ts';

const vmRef = refOf('vm-1');
const metricsRef = refOf('met-1');
const consoleRef = refOf('con-1');

function modelWithOne(): PoolModel {
  const model = new PoolModel();
  model.tables.VM.set(vmRef, vmOf({ metrics: metricsRef, consoles: [consoleRef] }));
  model.tables.console.set(consoleRef, consoleOf());
  model.tables.host.set(refOf('host-a'), hostOf());
  model.indexOwners();
  return model;
}
const event = (fields: Partial<XenEvent> & Pick<XenEvent, 'class' | 'ref'>): XenEvent => ({
  operation: 'mod',
  ...fields,
});

describe('events', () => {
  it('of a machine touch it, and its new record counts', () => {
    const model = modelWithOne();
    const touched = model.apply([event({ class: 'VM', ref: vmRef, snapshot: vmOf({ name_label: 'new' }) })]);
    expect([...touched.vms]).toEqual([vmRef]);
    expect(model.tables.VM.get(vmRef)?.name_label).toBe('new');
    expect(touched).toMatchObject({ hosts: false, pool: false, certificates: false });
  });

  it('of what is attached to a machine touch the machine', () => {
    const model = modelWithOne();
    const metrics = { uuid: uuidOf(31), start_time: '20240420T12:00:00Z' };
    expect([
      ...model.apply([event({ class: 'VM_metrics', ref: metricsRef, snapshot: metrics })]).vms,
    ]).toEqual([vmRef]);
    expect([...model.apply([event({ class: 'console', ref: consoleRef, operation: 'del' })]).vms]).toEqual([
      vmRef,
    ]);
  });

  it('of a console that changes hands touch both machines', () => {
    const model = modelWithOne();
    const snapshot = { ...consoleOf(), VM: refOf('vm-2') };
    const touched = model.apply([event({ class: 'console', ref: consoleRef, snapshot })]);
    expect([...touched.vms]).toEqual([vmRef, refOf('vm-2')]);
  });

  it('of a deletion name the uuid that is gone', () => {
    const touched = modelWithOne().apply([event({ class: 'VM', ref: vmRef, operation: 'del' })]);
    expect([...touched.deletedVmUuids]).toEqual([uuidOf(1)]);
  });

  it('of hosts, their metrics, certificates and the pool are told apart', () => {
    const model = modelWithOne();
    const moved = hostOf({ address: '192.0.2.9' });
    expect(model.apply([event({ class: 'host', ref: refOf('host-a'), snapshot: moved })])).toMatchObject({
      hosts: true,
      hostMetrics: false,
    });
    expect(model.apply([event({ class: 'host_metrics', ref: refOf('hm'), operation: 'del' })])).toMatchObject(
      {
        hosts: false,
        hostMetrics: true,
      },
    );
    expect(
      model.apply([event({ class: 'Certificate', ref: refOf('cert'), operation: 'del' })]),
    ).toMatchObject({
      certificates: true,
    });
  });

  it('of a host that only got another machine are no news of the host', () => {
    const snapshot = hostOf({ resident_VMs: [refOf('vm-9')] });
    const touched = modelWithOne().apply([event({ class: 'host', ref: refOf('host-a'), snapshot })]);
    expect(touched.hosts).toBe(false);
  });

  it('that add or delete a host are', () => {
    const model = modelWithOne();
    const snapshot = hostOf({ uuid: uuidOf(11) });
    expect(
      model.apply([event({ class: 'host', ref: refOf('host-b'), operation: 'add', snapshot })]).hosts,
    ).toBe(true);
    expect(model.apply([event({ class: 'host', ref: refOf('host-b'), operation: 'del' })]).hosts).toBe(true);
  });

  it('that do not fit count, so that the pool’s own count still agrees', () => {
    const model = modelWithOne();
    model.apply([event({ class: 'VM', ref: refOf('vm-2'), operation: 'add', snapshot: { uuid: 7 } })]);
    expect(model.count('VM')).toBe(2);
    model.apply([event({ class: 'VM', ref: refOf('vm-2'), operation: 'del' })]);
    expect(model.count('VM')).toBe(1);
  });

  it('of classes that are not read are nobody’s', () => {
    const model = modelWithOne();
    expect([...model.apply([event({ class: 'task', ref: refOf('task') })]).vms]).toEqual([]);
  });
});
