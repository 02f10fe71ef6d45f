import { describe, expect, it } from '@jest/globals';

import { Sheet } from './sheet.js';
import { auditCode, VERDICTS, type Fault, type Totals, type Verdict } from './verdicts.js';

function totalsOf(...verdicts: readonly Verdict[]): Totals {
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  return Object.fromEntries(VERDICTS.map((one) => [one, count(one)])) as Record<Verdict, number>;
}

const differs = (source: 'log' | 'anchor' | 'kept' | 'tiles'): Fault => ({
  fault: 'root-differs',
  source,
});

describe('the exit code of an audit', () => {
  it.each<[number, readonly Verdict[], readonly Fault[]]>([
    [0, ['INTACT', 'SHREDDED', 'UNSIGNED'], []],
    [14, ['LOST', 'SHREDDED'], []],
    [10, ['ALTERED', 'LOST'], []],
    [11, ['MISSING', 'ALTERED', 'LOST'], []],
    [12, ['INSERTED', 'MISSING', 'ALTERED'], []],
    [13, ['REORDERED', 'INSERTED', 'MISSING'], []],
    [15, ['REORDERED'], [{ fault: 'unsigned-too-long' }]],
    [15, [], [{ fault: 'signature-wrong', source: 'log' }]],
    [15, [], [differs('tiles')]],
    [16, ['REORDERED'], [differs('log'), differs('anchor')]],
    [16, [], [{ fault: 'log-shorter', source: 'kept' }]],
  ])('is %i for %p and %p', (code, verdicts, faults) => {
    expect(auditCode(totalsOf(...verdicts), faults)).toBe(code);
  });
});

describe('the sheet of verdicts', () => {
  it('keeps the worst of each event, and counts those that are in no log', () => {
    const sheet = new Sheet(4);
    sheet.put(1, 'ALTERED');
    sheet.put(1, 'SHREDDED');
    sheet.put(2, 'SHREDDED');
    sheet.put(2, 'LOST');
    sheet.put(3, 'SHREDDED');
    sheet.count('MISSING', 5);
    expect(sheet.totals()).toEqual({
      ...totalsOf('INTACT', 'ALTERED', 'LOST', 'SHREDDED'),
      MISSING: 5,
    });
    expect(sheet.first('INTACT', 9)).toEqual([0]);
    sheet.put(0, 'LOST');
    expect(sheet.first('LOST', 1)).toEqual([0]);
  });
});
