import { describe, expect, it } from '@jest/globals';

import type { FilterGiven } from './filter.js';
import { filterOf } from './filter.js';

const isType = (name: string) => name === 'CustomerRegistered';

describe('a filter', () => {
  it('is read with its instants in UTC, and leaves out what was left out', () => {
    expect(filterOf({}, isType)).toEqual({});
    const given = {
      from: '2026-03-02T11:15:00+02:00',
      to: '2026-03-02T09:15:00Z',
      type: 'CustomerRegistered',
      actor: 'ledger',
      purpose: 'customer-care',
      customer: '5F0C1B52-7A3E-4D86-9A11-0000000000A1',
    };
    expect(filterOf(given, isType)).toEqual({
      ...given,
      from: '2026-03-02T09:15:00.000Z',
      to: '2026-03-02T09:15:00.000Z',
      customer: given.customer.toLowerCase(),
    });
  });

  it.each<[FilterGiven, string, string]>([
    [{ from: 'yesterday' }, 'from', 'instant'],
    [{ to: '2026-02-30T00:00:00Z' }, 'to', 'instant'],
    [{ from: '2026-03-02T09:15:00Z', to: '2026-03-02T09:14:59Z' }, 'to', 'order'],
    [{ type: 'CustomerRegisterd' }, 'type', 'event-type'],
    [{ type: 'no type' }, 'type', 'type'],
    [{ actor: 'Maija Virtanen' }, 'actor', 'actor'],
    [{ purpose: 'Why?' }, 'purpose', 'purpose'],
    [{ customer: 'O-1' }, 'customer', 'uuid'],
  ])('is refused where it breaks a rule: %j', (given, field, rule) => {
    expect(() => filterOf(given, isType)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', field, rule }),
    );
  });
});
