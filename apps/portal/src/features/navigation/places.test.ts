import { describe, expect, it } from 'vitest';
import { homeOf, placesOf } from './places.ts';

describe('the navigation', () => {
  it('shows a member machines alone', () => {
    expect(placesOf({ kind: 'customer', role: 'member' })).toEqual(['machines']);
  });
  it('starts an auditor at the log', () => {
    expect(homeOf({ kind: 'customer', role: 'auditor' })).toBe('log');
  });
  it('starts a provider’s operator at the pools', () => {
    expect(placesOf({ kind: 'provider', role: 'operator' })).toEqual([
      'pools',
      'machines',
      'live',
      'log',
      'people',
    ]);
  });
  it('shows the live consoles to who runs the organisation or audits it', () => {
    expect(placesOf({ kind: 'customer', role: 'admin' })).toEqual(['machines', 'people', 'live', 'log']);
    expect(placesOf({ kind: 'customer', role: 'auditor' })).toEqual(['log', 'live', 'machines']);
  });
  it('leaves out what the role carries no act for', () => {
    expect(placesOf({ kind: 'provider', role: 'support' })).toEqual(['pools', 'machines']);
  });
});
