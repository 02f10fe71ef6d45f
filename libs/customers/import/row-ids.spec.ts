import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { isUuid } from '#kernel';

import { RowIds } from './row-ids.js';
import { SeenRows } from './seen-rows.js';

describe('ids of rows', () => {
  it('are the same at every import, and differ by kind, source, key and import key', () => {
    const ids = new RowIds(Buffer.alloc(32, 1));
    const others = [
      ids.row('invoices', 'old', '1'),
      ids.row('customers', 'older', '1'),
      ids.row('customers', 'old', '2'),
      new RowIds(Buffer.alloc(32, 2)).row('customers', 'old', '1'),
    ];
    const id = ids.row('customers', 'old', '1');
    expect(id).toBe(new RowIds(Buffer.alloc(32, 1)).row('customers', 'old', '1'));
    expect(isUuid(id)).toBe(true);
    expect(id.charAt(14)).toBe('8');
    expect(others).not.toContain(id);
    expect(new Set(others).size).toBe(others.length);
  });
});

describe('rows that were seen', () => {
  // The first table holds 512: it must grow, and keep what it had.
  it('are told as a set of their ids would tell them', () => {
    const ids = new RowIds(Buffer.alloc(32, 3));
    const keys = fc.array(fc.nat(2000), { minLength: 2000, maxLength: 2000 });
    fc.assert(
      fc.property(keys, (picked) => {
        const seen = new SeenRows();
        const told = new Set<string>();
        const wrong = picked
          .map((key) => ids.row('customers', 'old', String(key)))
          .filter((id) => {
            const isNew = !told.has(id);
            told.add(id);
            return seen.add(id) !== isNew;
          });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
