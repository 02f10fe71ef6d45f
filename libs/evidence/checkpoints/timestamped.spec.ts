import { describe, expect, it } from '@jest/globals';

import type { Deciding, Draft, Fact, Instant, Refusal } from '#kernel';
import { instantOf, isRefusal, randomId } from '#kernel';

import { keptTimestamps } from '../timestamps/kept.js';
import { evidenceDecider } from './decider.js';
import { STAMPABLE_CHECKPOINTS, type RecordedTimestamp } from './timestamped.js';

const ORIGIN = 'ledger.example';
const ROOT = 'A'.repeat(43);
const AUTHORITY = 'https://tsa.example/';
const DECIDING: Deciding = {
  now: instantOf(0),
  purpose: 'audit',
  mint: (label) => label,
  opened: () => undefined,
};

function signed(size: number, origin = ORIGIN): Draft {
  const data = { origin, size, root: ROOT, note: `${origin} ${String(size)}`, key: 'k' };
  return { type: 'CheckpointSigned', data };
}

function stamp(size: number, at: string, more: Partial<RecordedTimestamp> = {}): RecordedTimestamp {
  const instant = instantOf(new Date(at));
  const chain = 'checked' as const;
  return {
    origin: ORIGIN,
    size,
    authority: AUTHORITY,
    response: 'AAAA',
    at: instant,
    chain,
    ...more,
  };
}

function stamped(...of: Parameters<typeof stamp>): Draft {
  return { type: 'CheckpointTimestamped', data: { ...stamp(...of) } };
}

const restored: Draft = {
  type: 'LogRestored',
  data: {
    origin: 'other.example',
    follows: { origin: ORIGIN, size: 9, root: ROOT },
    size: 5,
    by: [randomId(), randomId()],
    at: instantOf(0),
  },
};

function after(...drafts: readonly Draft[]) {
  const state = drafts
    .map((draft): Fact => ({ ...draft, sealed: [], recordedAt: '' as Instant, id: randomId() }))
    .reduce((so, fact) => evidenceDecider.evolve(so, fact), evidenceDecider.initial());
  return {
    state,
    record: (timestamp: RecordedTimestamp): readonly Draft[] | Refusal =>
      evidenceDecider.decide({ do: 'record-timestamp', ...timestamp }, state, DECIDING),
  };
}

function refusalOf(decided: readonly Draft[] | Refusal): string | undefined {
  return isRefusal(decided) ? decided.code : undefined;
}

describe('a timestamp', () => {
  it('of a recorded checkpoint is recorded', () => {
    const one = stamp(7, '2026-03-02T23:59:59.999Z');
    expect(after(signed(7)).record(one)).toEqual([
      { type: 'CheckpointTimestamped', data: { ...one } },
    ]);
    expect(after(signed(7), signed(8), signed(9)).record(one)).toHaveLength(1);
  });

  it('of one that is not recorded is refused', () => {
    const one = stamp(7, '2026-03-02T09:15:00Z');
    const elsewhere = { ...one, origin: 'other.example' };
    expect(refusalOf(after().record(one))).toBe('checkpoint-unknown');
    expect(refusalOf(after(signed(6), signed(8)).record(one))).toBe('checkpoint-unknown');
    expect(refusalOf(after(signed(7)).record(elsewhere))).toBe('checkpoint-unknown');
    expect(refusalOf(after(signed(7), restored).record(one))).toBe('checkpoint-unknown');
  });

  it('of one that many have followed is refused', () => {
    const more = Array.from({ length: STAMPABLE_CHECKPOINTS }, (_, at) => signed(8 + at));
    const one = stamp(7, '2026-03-02T09:15:00Z');
    expect(after(signed(7), ...more.slice(1)).record(one)).toHaveLength(1);
    expect(refusalOf(after(signed(7), ...more).record(one))).toBe('checkpoint-unknown');
  });

  it('comes once a day, by the time that the authority tells in UTC', () => {
    const day = after(signed(7), stamped(7, '2026-03-02T00:00:00Z'), signed(9));
    expect(day.record(stamp(9, '2026-03-02T23:59:59.999Z'))).toEqual([]);
    expect(day.record(stamp(9, '2026-03-01T23:59:59.999Z'))).toEqual([]);
    expect(day.record(stamp(9, '2026-03-03T00:00:00Z'))).toHaveLength(1);
  });

  it('comes once a day of each authority', () => {
    const day = after(signed(7), stamped(7, '2026-03-02T00:00:00Z'));
    const other = stamp(7, '2026-03-02T01:00:00Z', { authority: 'https://other.example/' });
    expect(day.record(other)).toHaveLength(1);
  });

  it('of a checkpoint that the authority has stamped is no event', () => {
    const day = after(signed(7), stamped(7, '2026-03-02T00:00:00Z'));
    expect(day.record(stamp(7, '2026-03-05T00:00:00Z'))).toEqual([]);
  });

  it('is forgotten where another origin begins', () => {
    const anew = after(signed(7), stamped(7, '2026-03-02T00:00:00Z'), restored);
    expect([anew.state.signed, [...anew.state.stamped]]).toEqual([[], []]);
    const first = after(signed(7), stamped(7, '2026-03-02T00:00:00Z'), restored, {
      ...signed(5, 'other.example'),
    });
    const one = stamp(5, '2026-03-02T01:00:00Z', { origin: 'other.example' });
    expect(first.record(one)).toHaveLength(1);
  });

  it('is remembered without its bytes', () => {
    const { state } = after(signed(7), stamped(7, '2026-03-02T00:00:00Z'));
    expect(state.stamped.get(AUTHORITY)).toEqual({
      origin: ORIGIN,
      size: 7,
      authority: AUTHORITY,
      at: '2026-03-02T00:00:00.000Z',
      chain: 'checked',
    });
  });

  it('that was damaged in the log is none', () => {
    const whole = stamped(7, '2026-03-02T00:00:00Z');
    for (const part of Object.keys(whole.data)) {
      const damaged = { ...whole, data: { ...whole.data, [part]: null } };
      expect(after(signed(7), damaged).state.stamped.size).toBe(0);
    }
  });
});

describe('the timestamps that a log has', () => {
  async function kept(...pages: readonly (readonly Draft[])[]) {
    const found = [];
    const stream = (async function* () {
      yield* pages;
    })();
    for await (const one of keptTimestamps(stream)) found.push(one);
    return found;
  }

  it('come with the note that was stamped', async () => {
    const one = stamped(7, '2026-03-02T00:00:00Z');
    const other = stamped(7, '2026-03-03T00:00:00Z', { origin: 'other.example' });
    const found = await kept([signed(7), signed(8)], [one, signed(7, 'other.example'), other]);
    expect(found).toEqual([
      { ...one.data, note: 'ledger.example 7' },
      { ...other.data, note: 'other.example 7' },
    ]);
  });

  it('are all that could be recorded', async () => {
    const more = Array.from({ length: STAMPABLE_CHECKPOINTS - 1 }, (_, at) => signed(8 + at));
    const one = stamped(7, '2026-03-02T00:00:00Z');
    expect(await kept([signed(7), ...more, one])).toHaveLength(1);
    expect(await kept([one])).toEqual([]);
  });
});
