import { describe, expect, it } from '@jest/globals';

import type { StoredEvent } from '#event-log';
import { randomId, START, type EventId, type JsonObject, type KeyId, type Position } from '#kernel';
import type { KeyStatus } from '#vault';

import { Examined } from './examined.js';
import { judgeKeys, unexplained } from './key-verdicts.js';
import { endedSince } from './reading.js';
import { scanSegment } from './scan.js';
import { Sheet } from './sheet.js';

const END = '9' as Position;
const [one, two] = [randomId<KeyId>(), randomId<KeyId>()];

function logOf(events: readonly (readonly [type: string, data: JsonObject])[]) {
  const stored = events.map(([type, data], at): StoredEvent => ({
    position: String(at + 1) as Position,
    stream: 'customer-1' as StoredEvent['stream'],
    revision: at,
    id: randomId<EventId>(),
    type,
    metadata: Buffer.from('{}'),
    data: Buffer.from(JSON.stringify(data)),
  }));
  return {
    readStored: async (after: Position) => stored.filter(({ position }) => position > after),
    notInOwnStream: async () => [],
  };
}

const sealed = (...keys: readonly KeyId[]): readonly [string, JsonObject] => [
  'ContactUpdated',
  { sealed: keys.map((key) => ({ key })) },
];

/** What is said of the events of a log, whose keys a vault knows so. */
async function judged(
  events: Parameters<typeof logOf>[0],
  rows?: Partial<Record<'one' | 'two', KeyStatus['state']>>,
  altered: readonly number[] = [],
) {
  const states = new Map<KeyId, KeyStatus['state']>();
  if (rows?.one !== undefined) states.set(one, rows.one);
  if (rows?.two !== undefined) states.set(two, rows.two);
  const vault = rows === undefined ? undefined : { states: async () => states };
  const examined = new Examined();
  examined.add(await scanSegment(logOf(events), { after: START, until: END }, vault));
  const sheet = new Sheet(examined.size);
  for (const at of altered) sheet.put(at, 'ALTERED');
  const envelopes = judgeKeys(examined, sheet);
  return { verdicts: events.map((_, at) => sheet.of(at)), envelopes };
}

describe('keys of envelopes', () => {
  it('that are there leave the event intact', async () => {
    const { verdicts, envelopes } = await judged([sealed(one, two)], {
      one: 'live',
      two: 'fenced',
    });
    expect(verdicts).toEqual(['INTACT']);
    expect(envelopes).toMatchObject({ live: 2, shredded: 0, lost: 0, unknown: 0 });
  });

  it.each<readonly [string, JsonObject]>([
    ['ErasureStarted', { parts: [{ key: one }] }],
    ['SubjectErased', { keys: [{ key: one }] }],
    ['KeysDestroyed', { keys: [{ key: one }] }],
    ['ErasureRepeated', { parts: [{ key: one }] }],
    ['ContactUpdated', { ends: [{ key: one }] }],
    ['ErasureCaseClosed', { ends: [{ key: one }] }],
  ])('that %s ends are shredded, and no others', async (type, data) => {
    const { verdicts } = await judged([sealed(one), [type, data], sealed(two)], { two: 'live' });
    expect(verdicts).toEqual(['SHREDDED', 'INTACT', 'INTACT']);
  });

  it('are shredded while the erasure is under way', async () => {
    const events = [sealed(one), ['ErasureStarted', { parts: [{ key: one }] }]] as const;
    const { verdicts, envelopes } = await judged(events, { one: 'fenced' });
    expect(verdicts).toEqual(['SHREDDED', 'INTACT']);
    expect(envelopes).toMatchObject({ shredded: 1, pending: 1 });
  });

  it('that are gone, and no event ends them, are lost; the event takes the worst', async () => {
    const events = [sealed(one, two), ['SubjectErased', { keys: [{ key: two }] }]] as const;
    for (const state of ['destroyed', undefined] as const) {
      const rows = state === undefined ? {} : { one: state };
      const { verdicts, envelopes } = await judged(events, rows);
      expect(verdicts).toEqual(['LOST', 'INTACT']);
      expect(envelopes).toMatchObject({ shredded: 1, lost: 1, accepted: 0 });
    }
  });

  it('that an officer has accepted as lost are lost all the same, and counted', async () => {
    const events = [sealed(one), ['KeyLost', { parts: [{ key: one }] }]] as const;
    const { verdicts, envelopes } = await judged(events, {});
    expect(verdicts).toEqual(['LOST', 'INTACT']);
    expect(envelopes).toMatchObject({ lost: 1, accepted: 1 });
  });

  it('are not ended by an event that is not what was signed', async () => {
    const events = [sealed(one), ['SubjectErased', { keys: [{ key: one }] }]] as const;
    expect((await judged(events, {}, [1])).verdicts).toEqual(['LOST', 'ALTERED']);
  });

  it('of which no vault was asked are not known, unless the log ends them', async () => {
    const events = [sealed(one, two), ['SubjectErased', { keys: [{ key: two }] }]] as const;
    const { verdicts, envelopes } = await judged(events);
    expect(verdicts).toEqual(['SHREDDED', 'INTACT']);
    expect(envelopes).toMatchObject({ shredded: 1, unknown: 1, lost: 0 });
  });

  it('may be ended by an event that came while the log was read', async () => {
    const log = logOf([sealed(one), sealed(two), ['SubjectErased', { keys: [{ key: one }] }]]);
    const examined = new Examined();
    const until = '2' as Position;
    const vault = { states: async () => new Map<KeyId, KeyStatus['state']>() };
    examined.add(await scanSegment(log, { after: START, until }, vault));
    const open = unexplained(examined);
    expect(open.size).toBe(2);
    const sheet = new Sheet(examined.size);
    judgeKeys(examined, sheet, await endedSince(log, examined, until, open));
    expect([sheet.of(0), sheet.of(1)]).toEqual(['SHREDDED', 'LOST']);
  });
});
