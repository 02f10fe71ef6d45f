import { describe, expect, it } from '@jest/globals';

import { instantOf } from './clock.js';
import { factOf } from './decider.js';
import { IntegrityError } from './errors.js';
import type { RecordedEvent } from './events.js';
import { START } from './events.js';
import { randomId, streamName } from './ids.js';
import { Upcasters } from './upcasters.js';

function recorded(schema: number, data: RecordedEvent['data']): RecordedEvent {
  return {
    id: randomId(),
    type: 'Counted',
    stream: streamName('counts'),
    revision: 0,
    position: START,
    data,
    metadata: {
      actor: 'ledger',
      purpose: 'test',
      source: 'ledger',
      command: randomId(),
      fingerprint: 'sha256:none',
      correlation: randomId(),
      schema,
      recordedAt: instantOf(0),
      salt: 'salt',
    },
  };
}

const upcasters = new Upcasters()
  .declare('Counted', 3)
  .step('Counted', 1, ({ n, ...rest }) => ({ ...rest, count: n }))
  .step('Counted', 2, (data) => ({ ...data, unit: 'piece' }));

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof IntegrityError ? error.code : 'another error';
  }
}

describe('upcasters', () => {
  it('lift data through every version to the newest', () => {
    expect(upcasters.lift(recorded(1, { n: 7 })).data).toEqual({ count: 7, unit: 'piece' });
    expect(upcasters.lift(recorded(2, { count: 7 })).data).toEqual({ count: 7, unit: 'piece' });
  });

  it('leave the newest as it is, and what was written as it was', () => {
    const newest = recorded(3, { count: 7, unit: 'kg' });
    expect(upcasters.lift(newest)).toBe(newest);
    const oldest = Object.freeze(recorded(1, Object.freeze({ n: 7 })));
    const lifted = upcasters.lift(oldest);
    expect(lifted.metadata.schema).toBe(1);
    expect(oldest.data).toEqual({ n: 7 });
  });

  it('keep envelopes, which are bound to the version that was written', () => {
    const sealed = [{ key: 'k' }] as unknown as NonNullable<RecordedEvent['data']['sealed']>;
    const lifted = upcasters.lift(recorded(1, { n: 7, sealed }));
    expect(factOf(lifted).sealed).toEqual(sealed);
  });

  it('take a type that was never declared for its first version', () => {
    expect(upcasters.versionOf('Other')).toBe(1);
    const other = { ...recorded(1, {}), type: 'Other' };
    expect(upcasters.lift(other)).toBe(other);
  });

  it('refuse a version that is newer than the program, and one without a way', () => {
    expect(codeOf(() => upcasters.lift(recorded(4, {})))).toBe('schema-unknown');
    const gap = new Upcasters().declare('Counted', 2);
    expect(codeOf(() => gap.lift(recorded(1, {})))).toBe('schema-unknown');
    expect(codeOf(() => upcasters.lift({ ...recorded(2, {}), type: 'Other' }))).toBe(
      'schema-unknown',
    );
  });
});
