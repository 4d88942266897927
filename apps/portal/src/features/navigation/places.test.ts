import { describe, expect, it } from 'vitest';
import { homeOf, pagesOf, placesOf } from './places.ts';

describe('the navigation', () => {
  it('shows a member machines and requests', () => {
    expect(placesOf({ kind: 'customer', role: 'member' })).toEqual(['machines', 'requests']);
  });
  it('starts an auditor at the log', () => {
    expect(homeOf({ kind: 'customer', role: 'auditor' })).toBe('log');
  });
  it('starts a provider’s operator at the pools', () => {
    expect(placesOf({ kind: 'provider', role: 'operator' })).toEqual([
      'pools',
      'machines',
      'live',
      'access',
      'log',
      'people',
      'policy',
      'organisations',
    ]);
  });
  it('shows the live consoles to who runs the organisation or audits it', () => {
    expect(placesOf({ kind: 'customer', role: 'admin' })).toEqual([
      'machines',
      'requests',
      'people',
      'access',
      'live',
      'log',
      'policy',
    ]);
    expect(placesOf({ kind: 'customer', role: 'auditor' })).toEqual(['log', 'live', 'access', 'machines']);
  });
  it('lets an auditor find policy and requests, which are not in their navigation', () => {
    expect(pagesOf({ kind: 'customer', role: 'auditor' })).toEqual([
      'log',
      'live',
      'access',
      'machines',
      'requests',
      'policy',
      'support',
    ]);
    expect(pagesOf({ kind: 'customer', role: 'member' })).toEqual(['machines', 'requests']);
    expect(pagesOf({ kind: 'customer', role: 'admin' })).toEqual([
      ...placesOf({ kind: 'customer', role: 'admin' }),
      'support',
    ]);
  });
  it('leaves out what the role carries no act for', () => {
    expect(placesOf({ kind: 'provider', role: 'support' })).toEqual(['support', 'pools', 'machines']);
  });
  it('shows support that is inside an organisation its machines, and nothing else', () => {
    expect(pagesOf({ kind: 'customer', role: 'support' })).toEqual(['machines']);
    expect(pagesOf({ kind: 'provider', role: 'operator' })).toContain('support');
  });
});
