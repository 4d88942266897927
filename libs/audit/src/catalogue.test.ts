import { describe, expect, it } from 'vitest';
import { AUDIT_ACTIONS, CATALOGUE, fieldClassOf, isAuditAction } from './catalogue.ts';
import { actionsOf } from './list-events.ts';
import { type AuditEventInput, payloadOf } from './record-event.ts';

const event: AuditEventInput = {
  action: 'grant.ended',
  outcome: 'ok',
  actor: { personId: '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11', name: 'Jon', kind: 'person' },
  target: { kind: 'vm', id: '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11', name: 'web-01' },
  ip: '198.51.100.7',
  data: {
    grantId: '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11',
    receiver: { kind: 'person', id: '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11', name: 'Mira' },
    over: { kind: 'vm', id: '6f1a0a52-5a0c-4b8e-9a77-0d7e7a0d3f11', name: 'web-01' },
    role: 'operator',
    endsAt: null,
    reason: '',
    why: 'taken-back',
  },
};

describe('the catalogue', () => {
  it('marks every field of every event: an unmarked one would be secret and has no place in the log', () => {
    const unmarked = AUDIT_ACTIONS.flatMap((action) =>
      Object.keys(CATALOGUE[action].shape).flatMap((field) =>
        fieldClassOf(action, field) === null ? [`${action}.${field}`] : [],
      ),
    );
    expect(unmarked).toEqual([]);
  });

  it('knows which fields name a person’s address or place', () => {
    expect(fieldClassOf('sign-in.refused', 'account')).toBe('sensitive');
    expect(fieldClassOf('console.open', 'userAgent')).toBe('sensitive');
    expect(fieldClassOf('console.open', 'seatId')).toBe('public');
    expect(fieldClassOf('console.open', 'keystrokes')).toBeNull();
  });

  it('is closed', () => {
    expect(isAuditAction('console.open')).toBe(true);
    expect(isAuditAction('constructor')).toBe(false);
  });

  it('gives the actions of a group, and of no other that begins alike', () => {
    expect(actionsOf('pool', AUDIT_ACTIONS)).toContain('pool.pin_mismatch');
    expect(actionsOf('sign-in', AUDIT_ACTIONS)).toEqual([
      'sign-in.ok',
      'sign-in.refused',
      'sign-in.confirmed',
    ]);
    expect(actionsOf('sign-out', AUDIT_ACTIONS)).toEqual(['sign-out']);
  });
});

describe('a payload', () => {
  it('is compact JSON in a fixed order, without a time or number of its own', () => {
    const text = payloadOf(event);
    expect(text.startsWith('{"action":"grant.ended","outcome":"ok","actor":{')).toBe(true);
    expect(Object.keys(JSON.parse(text))).toEqual(['action', 'outcome', 'actor', 'target', 'ip', 'data']);
  });

  it('refuses fields that the catalogue does not know', () => {
    const smuggled = { ...event, data: { ...event.data, password: 'hunter2' } };
    expect(() => payloadOf(smuggled)).toThrow(expect.objectContaining({ code: 'audit/invalid' }));
  });

  it('refuses an actor without a name for it', () => {
    const nameless = { ...event, actor: { ...event.actor, personId: 'mira' } };
    expect(() => payloadOf(nameless)).toThrow(expect.objectContaining({ code: 'audit/invalid' }));
  });
});
