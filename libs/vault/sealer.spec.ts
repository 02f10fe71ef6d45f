import { beforeEach, describe, expect, test } from '@jest/globals';

import {
  isRefusal,
  randomId,
  START,
  streamName,
  type Category,
  type Envelope,
  type EventId,
  type KeyId,
  type Personal,
  type RecordedEvent,
  type SubjectId,
} from '#kernel';

import { ManualClock, scope } from './contract/index.js';
import { KeyCache } from './key-cache.js';
import { memoryVault } from './memory/index.js';
import { Opener, type Opening } from './opener.js';
import type { VaultStore } from './port.js';
import { Sealer, type SealedCommand, type ToSeal } from './sealer.js';

const clock = new ManualClock();
const none = () => undefined;
const event = () => randomId<EventId>();

let store: VaultStore;
let cache: KeyCache;
let sealer: Sealer;
let opener: Opener;

beforeEach(() => {
  store = memoryVault(clock, randomId());
  cache = new KeyCache(store.vault, { ttlMillis: 60_000, maxKeys: 100 });
  sealer = new Sealer(cache);
  opener = new Opener(cache);
});

function personal(subject: SubjectId, category: Category, name = 'g1'): Personal {
  return { subject, category, scope: scope(name), value: { of: `${category} ${name}` } };
}

function toSeal(...of: readonly Personal[]): ToSeal {
  return {
    stream: streamName('customer-1'),
    event: event(),
    type: 'Changed',
    schema: 1,
    personal: of,
  };
}

async function sealed(events: readonly ToSeal[], known: (p: Personal) => KeyId | undefined = none) {
  const result = await sealer.seal(events, known, { command: 'change' });
  if (isRefusal(result)) throw new Error(`refused: ${result.code}`);
  return result;
}

/** The events as a log would give them back. */
function recorded(events: readonly ToSeal[], { envelopes }: SealedCommand): RecordedEvent[] {
  return events.map((each, at) => ({
    id: each.event,
    stream: each.stream,
    type: each.type,
    revision: at,
    position: START,
    metadata: { schema: each.schema } as RecordedEvent['metadata'],
    data: { sealed: (envelopes[at] ?? []).map((envelope) => ({ ...envelope })) },
  }));
}

const edited = (one: RecordedEvent, change: Partial<Envelope>): RecordedEvent => ({
  ...one,
  data: { sealed: (one.data.sealed ?? []).map((envelope) => ({ ...envelope, ...change })) },
});

/** An event with one envelope, recorded. */
async function oneEvent(subject = randomId<SubjectId>(), category: Category = 'contact') {
  const events = [toSeal(personal(subject, category))];
  const result = await sealed(events);
  const [one] = recorded(events, result);
  const [key] = result.keys;
  if (one === undefined || key === undefined) throw new Error('nothing was sealed');
  return { event: one, key };
}

async function openingOf(one: RecordedEvent): Promise<Opening | undefined> {
  return (await opener.openEvent(one))[0]?.opening;
}

describe('sealing a command', () => {
  test('gives each event its envelopes, one key for each coordinate, and opens again', async () => {
    const [a, b] = [randomId<SubjectId>(), randomId<SubjectId>()];
    const events = [
      toSeal(personal(a, 'identity'), personal(a, 'contact'), personal(b, 'contact')),
      toSeal(),
      toSeal(personal(a, 'contact')),
    ];
    const result = await sealed(events);
    expect(result.envelopes.map((each) => each.length)).toEqual([3, 0, 1]);
    expect(result.keys).toHaveLength(3);
    expect(result.envelopes[2]?.[0]?.key).toBe(result.envelopes[0]?.[1]?.key);
    const opened = await opener.openEvents(recorded(events, result));
    expect(opened.map((each) => each.map(({ opening }) => opening))).toEqual(
      events.map((each) => each.personal.map(({ value }) => ({ kind: 'present', value }))),
    );
    expect(opened.flat().map(({ ref }) => ref)).toEqual(
      result.envelopes.flat().map(({ subject, category, scope: name, key }) => ({
        subject,
        category,
        scope: name,
        key,
      })),
    );
  });

  test('seals under the key that the stream names', async () => {
    const subject = randomId<SubjectId>();
    const { key } = await oneEvent(subject);
    const again = await sealed([toSeal(personal(subject, 'contact'))], () => key.key);
    expect(again.keys).toEqual([key]);
  });

  test('refuses one category of a person twice in an event', async () => {
    const subject = randomId<SubjectId>();
    const twice = toSeal(personal(subject, 'orders', '2024-12-31'), personal(subject, 'orders'));
    await expect(sealer.seal([twice], none, {})).rejects.toMatchObject({
      name: 'IntegrityError',
      code: 'second-envelope',
    });
  });

  test('refuses a key that the stream names and the vault does not have; makes none', async () => {
    const subject = randomId<SubjectId>();
    const lost = await sealer.seal(
      [toSeal(personal(subject, 'contact'))],
      () => randomId<KeyId>(),
      {},
    );
    expect(lost).toMatchObject({ refused: true, kind: 'conflict', code: 'key-lost' });
    expect(await store.vault.status(subject)).toEqual([]);
  });

  test('refuses fenced and destroyed keys, named or to be made', async () => {
    const { key } = await oneEvent();
    const again = [toSeal(personal(key.subject, 'contact'))];
    await store.vault.fence(key.subject, [key], event());
    cache.invalidate([key.key]);
    for (const known of [none, () => key.key]) {
      expect(await sealer.seal(again, known, {})).toMatchObject({ code: 'erasing' });
    }
    await store.vault.destroy([key.key], event(), clock.now());
    for (const known of [none, () => key.key]) {
      expect(await sealer.seal(again, known, {})).toMatchObject({ code: 'erased' });
    }
  });

  test('never seals for one person under the key of another', async () => {
    const { key } = await oneEvent();
    const other = [toSeal(personal(randomId(), 'contact'))];
    await expect(sealer.seal(other, () => key.key, {})).rejects.toMatchObject({
      name: 'IntegrityError',
      code: 'key-mismatch',
    });
  });
});

describe('the content of a command', () => {
  test('is told from other content for as long as its key lives', async () => {
    const { key } = await oneEvent();
    const { fingerprint } = await sealed([toSeal(personal(key.subject, 'contact'))]);
    expect(fingerprint).toMatch(/^hmac:/);
    expect(await sealer.sameContent(fingerprint, key.key, { command: 'change' })).toBe(true);
    expect(await sealer.sameContent(fingerprint, key.key, { command: 'other' })).toBe(false);
    await store.vault.destroy([key.key], event(), clock.now());
    cache.invalidate([key.key]);
    expect(await sealer.sameContent(fingerprint, key.key, { command: 'other' })).toBeUndefined();
    expect(await sealer.sameContent(fingerprint, randomId(), {})).toBeUndefined();
  });

  test('has a plain hash where nothing is sealed', async () => {
    const { fingerprint, keys } = await sealed([toSeal()]);
    expect(fingerprint).toMatch(/^sha256:/);
    expect(keys).toEqual([]);
    expect(await sealer.sameContent(fingerprint, undefined, { command: 'change' })).toBe(true);
    expect(await sealer.sameContent(fingerprint, undefined, { command: 'other' })).toBe(false);
  });
});

describe('opening', () => {
  test('says present, erasing, erased and lost, and confuses none of them', async () => {
    const { event: one, key } = await oneEvent();
    expect(await openingOf(one)).toEqual({ kind: 'present', value: { of: 'contact g1' } });

    const started = event();
    await store.vault.fence(key.subject, [key], started);
    cache.invalidate([key.key]);
    expect(await openingOf(one)).toEqual({ kind: 'withheld', why: 'erasing' });

    const [gone] = await store.vault.destroy([key.key], started, clock.now());
    expect(await openingOf(one)).toEqual({
      kind: 'erased',
      at: clock.now(),
      by: started,
      fingerprint: gone?.fingerprint,
    });

    const lost = edited(one, { key: randomId<KeyId>() });
    expect(await openingOf(lost)).toEqual({ kind: 'withheld', why: 'lost' });
  });

  test('only the categories asked for', async () => {
    const subject = randomId<SubjectId>();
    const events = [toSeal(personal(subject, 'identity'), personal(subject, 'contact'))];
    const [one] = recorded(events, await sealed(events));
    if (one === undefined) throw new Error('nothing was sealed');
    const opened = await opener.openEvent(one, ['contact']);
    expect(opened.map(({ ref }) => ref.category)).toEqual(['contact']);
    expect(await opener.openEvent(one, [])).toEqual([]);
    expect(await opener.openEvent({ ...one, data: {} })).toEqual([]);
  });

  test('an outage throws, and is never an erasure', async () => {
    const { event: one, key } = await oneEvent();
    cache.invalidate([key.key]);
    const out = new Opener(
      new KeyCache(
        {
          unwrap: async () => Promise.reject(Object.assign(new Error('out'), { name: 'Outage' })),
          provision: (wanted) => store.vault.provision(wanted),
        },
        { ttlMillis: 1_000, maxKeys: 1 },
      ),
    );
    await expect(out.openEvent(one)).rejects.toMatchObject({ name: 'Outage' });
  });

  test('a moved, swapped, re-typed or edited envelope throws', async () => {
    const subject = randomId<SubjectId>();
    const [{ event: one }, { event: two }] = [await oneEvent(subject), await oneEvent(subject)];
    const refused = expect.objectContaining({ name: 'IntegrityError', code: 'envelope-refused' });
    const [envelope] = two.data.sealed ?? [];
    const wrong = [
      { ...one, data: two.data },
      { ...one, id: event() },
      { ...one, stream: streamName('customer-2') },
      { ...one, type: 'Other' },
      { ...one, metadata: { ...one.metadata, schema: 2 } },
      edited(one, { ciphertext: envelope?.ciphertext ?? '' }),
      edited(one, { key: 'no key' as KeyId }),
      edited(one, { key: 7 as never }),
    ];
    for (const each of wrong) await expect(opener.openEvent(each)).rejects.toEqual(refused);
  });

  test('an envelope that names another scope, person or tombstone than its key throws', async () => {
    const { event: one, key } = await oneEvent();
    const { key: other } = await oneEvent();
    const mismatch = expect.objectContaining({ name: 'IntegrityError', code: 'key-mismatch' });
    const wrong = [{ scope: scope('g2') }, { subject: other.subject }, { key: other.key }];
    for (const each of wrong) {
      await expect(opener.openEvent(edited(one, each))).rejects.toEqual(mismatch);
    }
    await store.vault.destroy([other.key, key.key], event(), clock.now());
    cache.invalidate([other.key, key.key]);
    for (const each of wrong) {
      await expect(opener.openEvent(edited(one, each))).rejects.toEqual(mismatch);
    }
  });
});
