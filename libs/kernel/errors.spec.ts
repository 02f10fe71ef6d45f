import { readFileSync } from 'node:fs';

import { describe, expect, it, test } from '@jest/globals';

import { errorCode, InvalidInput, Outage, problemOf } from './errors.js';
import { faultPoint, setFaultProbe } from './faults.js';
import { isRefusal, refuse } from './refusal.js';

describe('the code of an error', () => {
  it('is told of errors that another realm has made', () => {
    let thrown: unknown;
    try {
      readFileSync('/there/is/no/such/file');
    } catch (error) {
      thrown = error;
    }
    expect(errorCode(thrown)).toBe('ENOENT');
  });

  it.each([undefined, null, 'ENOENT', {}, { code: 5 }, new Error('x')])(
    'is none of %p',
    (error) => {
      expect(errorCode(error)).toBeUndefined();
    },
  );
});

test('of an outage a log may have the words, of a defect the code alone', () => {
  const defect = Object.assign(new Error('Matti Meikäläinen'), { code: 'EIO' });
  const told = [new Outage('vault', 'busy'), defect, new Error('Matti Meikäläinen'), 'text'];
  expect(told.map(problemOf)).toEqual([
    'vault: busy',
    'defect: EIO',
    'defect: unknown',
    'defect: unknown',
  ]);
});

describe('an outage', () => {
  it('names the part and the reason, and keeps its cause', () => {
    const cause = new Error('SQLITE_FULL');
    const outage = new Outage('vault', 'disk full', { cause });
    expect([outage.message, outage.part, outage.cause]).toEqual([
      'vault: disk full',
      'vault',
      cause,
    ]);
  });
});

describe('bad input', () => {
  it('names the field and the rule', () => {
    const { message, field, rule } = new InvalidInput('a.b', 'date', 'must exist');
    expect([message, field, rule]).toEqual(['a.b: must exist (date)', 'a.b', 'date']);
  });
});

describe('a refusal', () => {
  it('is told from everything else that a decision may be', () => {
    expect(isRefusal(refuse('conflict', 'x', 'Y.'))).toBe(true);
    expect(refuse('conflict', 'x', 'Y.')).not.toHaveProperty('field');
    expect(refuse('conflict', 'x', 'Y.', 'z').field).toBe('z');
    for (const other of [[], [{ refused: true }], {}, null, undefined, 'refused', { refused: 1 }]) {
      expect(isRefusal(other)).toBe(false);
    }
  });
});

describe('a fault point', () => {
  it('does nothing but where a probe is set', () => {
    const reached: string[] = [];
    faultPoint('a');
    setFaultProbe((point) => reached.push(point));
    faultPoint('b');
    setFaultProbe(undefined);
    faultPoint('c');
    expect(reached).toEqual(['b']);
  });
});
