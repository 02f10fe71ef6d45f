import { describe, expect, it } from '@jest/globals';

import type { KeyId, RecordedEvent, SubjectId } from '#kernel';
import { instantOf, plusMillis, randomId } from '#kernel';

import { stepIdOf } from './request.js';
import type { Process } from './testing/index.js';
import { asking, diaryStream, outcomeOf, SharedStores } from './testing/index.js';

function setUp() {
  const stores = new SharedStores();
  return { stores, subject: randomId<SubjectId>(), one: stores.open(), two: stores.open() };
}

async function eventsOf(process: Process, subject: SubjectId): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of process.log.read(diaryStream(subject), 0)) events.push(...page);
  return events;
}

/** The newest line, as the process opens it. */
async function lineIn(process: Process, subject: SubjectId): Promise<unknown> {
  const newest = (await eventsOf(process, subject)).findLast((event) => event.type === 'Written');
  if (newest === undefined) return undefined;
  const [opened] = await process.opener.openEvent(newest, ['contact']);
  return opened?.opening;
}

describe('an event that a command gives', () => {
  it('says who, why, from where and after what, and nothing of the person', async () => {
    const { stores, subject, one } = setUp();
    const cause = outcomeOf(await one.handler.handle(asking(subject, { do: 'turn' }))).events[0];
    if (cause === undefined) throw new Error('no event');
    const id = stepIdOf(cause.id, 'write');
    const [event] = outcomeOf(
      await one.handler.handle(
        asking(
          subject,
          { do: 'write', line: 'Secret' },
          { id, causation: cause.id, correlation: cause.metadata.correlation, source: 'import' },
        ),
      ),
    ).events;
    expect(event?.metadata).toMatchObject({
      actor: 'account',
      purpose: 'customer-relationship',
      source: 'import',
      command: id,
      causation: cause.id,
      correlation: cause.metadata.command,
      schema: 1,
      recordedAt: stores.clock.now(),
    });
    expect(JSON.stringify(event)).not.toContain('Secret');
  });

  it('is the start of a chain of its own where nothing caused it', async () => {
    const { subject, one } = setUp();
    const request = asking(subject, { do: 'turn' });
    const [event] = outcomeOf(await one.handler.handle(request)).events;
    expect(event?.metadata.correlation).toBe(request.id);
    expect(event?.metadata).not.toHaveProperty('causation');
  });

  it('has a salt of its own, of 16 bytes', async () => {
    const { subject, one } = setUp();
    await one.handler.handle(asking(subject, { do: 'begin', line: 'a', name: 'A' }));
    const salts = (await eventsOf(one, subject)).map(({ metadata }) => metadata.salt);
    expect(new Set(salts).size).toBe(2);
    for (const salt of salts) expect(Buffer.from(salt, 'base64url')).toHaveLength(16);
  });
});

describe('what changes nothing', () => {
  it('is no event, and an outcome all the same', async () => {
    const { subject, one } = setUp();
    await one.handler.handle(asking(subject, { do: 'turn' }));
    const outcome = await one.handler.handle(asking(subject, { do: 'nothing' }));
    expect(outcome).toMatchObject({ events: [], revision: 0, repeated: false });
    expect(outcomeOf(outcome).position).not.toBe('');
    expect(one.log.appends).toBe(1);
  });

  it('is a refusal too', async () => {
    const { subject, one } = setUp();
    expect(await one.handler.handle(asking(subject, { do: 'forbidden' }))).toMatchObject({
      refused: true,
      code: 'forbidden',
    });
    expect(one.log.appends).toBe(0);
  });
});

describe('two processes on one stream', () => {
  it('decide on what both have done: nothing is lost, nothing doubled', async () => {
    const { subject, one, two } = setUp();
    const turns = Array.from({ length: 12 }, (_, at) =>
      (at % 2 === 0 ? one : two).handler.handle(asking(subject, { do: 'turn' })),
    );
    await Promise.all(turns);
    const pages = (await eventsOf(one, subject)).map(({ data }) => data.page);
    expect(pages).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('open what they need anew at every try', async () => {
    const { subject, one, two } = setUp();
    await one.handler.handle(asking(subject, { do: 'write', line: 'a' }));
    one.log.next(() => two.handler.handle(asking(subject, { do: 'write', line: 'b' })));
    await one.handler.handle(asking(subject, { do: 'add', word: 'c' }));
    expect(await lineIn(two, subject)).toEqual({ kind: 'present', value: { line: 'b c' } });
  });

  it('end with an outage where others are always quicker', async () => {
    const { subject, one, two } = setUp();
    const quicker = () => two.handler.handle(asking(subject, { do: 'turn' }));
    one.log.next(...Array.from({ length: 20 }, () => quicker));
    await expect(one.handler.handle(asking(subject, { do: 'turn' }))).rejects.toThrow('faster');
    expect(await eventsOf(one, subject)).toHaveLength(20);
  });
});

describe('a revision that the caller has seen', () => {
  it('must be the one that is decided on', async () => {
    const { subject, one, two } = setUp();
    const turn = (ifRevision: number) => asking(subject, { do: 'turn' }, { ifRevision });
    await one.handler.handle(asking(subject, { do: 'turn' }));
    expect(outcomeOf(await two.handler.handle(turn(0))).revision).toBe(1);
    const late = await one.handler.handle(turn(0));
    expect(late).toMatchObject({ kind: 'precondition-failed', code: 'changed-meanwhile' });
    one.log.next(() => two.handler.handle(asking(subject, { do: 'turn' })));
    expect(await one.handler.handle(turn(1))).toMatchObject({ code: 'changed-meanwhile' });
  });

  it('does not stand against the answer to a command that was carried out', async () => {
    const { subject, one } = setUp();
    await one.handler.handle(asking(subject, { do: 'turn' }));
    const request = asking(subject, { do: 'turn' }, { ifRevision: 0 });
    await one.handler.handle(request);
    expect(outcomeOf(await one.handler.handle(request)).repeated).toBe(true);
  });
});

describe('the time of recording', () => {
  it('never falls within a stream, also when the clock is set back or another process lags', async () => {
    const { stores, subject, one, two } = setUp();
    const start = stores.clock.now();
    await one.handler.handle(asking(subject, { do: 'turn' }));
    stores.clock.pass(-3_600_000);
    await two.handler.handle(asking(subject, { do: 'write', line: 'a' }));
    await one.handler.handle(asking(subject, { do: 'turn' }));
    stores.clock.set(plusMillis(start, 1));
    await one.handler.handle(asking(subject, { do: 'turn' }));
    const at = (await eventsOf(one, subject)).map(({ metadata }) => metadata.recordedAt);
    expect(at).toEqual([start, start, start, plusMillis(start, 1)]);
  });
});

describe('a value that is needed', () => {
  it('is none where there is none yet', async () => {
    const { subject, one } = setUp();
    await one.handler.handle(asking(subject, { do: 'add', word: 'first' }));
    expect(await lineIn(one, subject)).toEqual({ kind: 'present', value: { line: 'first' } });
  });

  it('whose key is fenced or destroyed is refused, and never written over', async () => {
    const { stores, subject, one } = setUp();
    const { events } = outcomeOf(
      await one.handler.handle(asking(subject, { do: 'write', line: 'a' })),
    );
    const [event] = events;
    const [envelope] = event?.data.sealed ?? [];
    if (event === undefined || envelope === undefined) throw new Error('nothing was sealed');
    await stores.vault.vault.fence(subject, [envelope], event.id);
    const fresh = stores.open();
    const add = asking(subject, { do: 'add', word: 'b' });
    expect(await fresh.handler.handle(add)).toMatchObject({ kind: 'conflict', code: 'erasing' });
    await stores.vault.vault.destroy([envelope.key], event.id, instantOf(0));
    expect(await stores.open().handler.handle(add)).toMatchObject({ code: 'erased' });
    expect(await eventsOf(one, subject)).toHaveLength(1);
  });

  it('whose key is lost is refused: no key is made a second time', async () => {
    const { stores, subject, one } = setUp();
    await one.handler.handle(asking(subject, { do: 'write', line: 'a' }));
    const elsewhere = new SharedStores();
    const lost = elsewhere.openOver(stores);
    for (const command of [
      { do: 'add', word: 'b' },
      { do: 'write', line: 'b' },
    ] as const) {
      expect(await lost.handler.handle(asking(subject, command))).toMatchObject({
        kind: 'conflict',
        code: 'key-lost',
      });
    }
    expect(await elsewhere.vault.vault.status(subject)).toEqual([]);
  });

  it('that cannot be had is an outage, never an answer', async () => {
    const { stores, subject, one, two } = setUp();
    await one.handler.handle(asking(subject, { do: 'write', line: 'a' }));
    stores.vaultIsOut = true;
    const add = asking(subject, { do: 'add', word: 'b' });
    await expect(two.handler.handle(add)).rejects.toThrow('vault');
    stores.vaultIsOut = false;
    expect(outcomeOf(await two.handler.handle(add)).repeated).toBe(false);
    expect(await lineIn(one, subject)).toEqual({ kind: 'present', value: { line: 'a b' } });
  });
});

describe('an outage', () => {
  it('while sealing leaves no event', async () => {
    const { stores, subject, one } = setUp();
    stores.vaultIsOut = true;
    const request = asking(subject, { do: 'begin', line: 'a', name: 'A' });
    await expect(one.handler.handle(request)).rejects.toThrow('vault');
    stores.vaultIsOut = false;
    expect(await eventsOf(one, subject)).toEqual([]);
    expect(outcomeOf(await one.handler.handle(request)).events).toHaveLength(2);
  });

  it('while reading leaves nothing half-folded', async () => {
    const { subject, one, two } = setUp();
    await one.handler.handle(asking(subject, { do: 'turn' }));
    await two.handler.handle(asking(subject, { do: 'turn' }));
    one.log.unreadable = true;
    await expect(one.handler.look(diaryStream(subject), () => 0)).rejects.toThrow('not answer');
    await expect(one.handler.handle(asking(subject, { do: 'turn' }))).rejects.toThrow('not answer');
    one.log.unreadable = false;
    expect(await one.handler.look(diaryStream(subject), ({ state }) => state.pages)).toBe(2);
  });
});

describe("another person's envelope", () => {
  it('is sealed only under a key that is named for it', async () => {
    const { subject, one } = setUp();
    const other = randomId<SubjectId>();
    const mention = { do: 'mention', subject: other } as const;
    expect(await one.handler.handle(asking(subject, mention))).toMatchObject({
      kind: 'conflict',
      code: 'key-not-named',
    });
    const unknown = { ...mention, key: randomId<KeyId>() };
    expect(await one.handler.handle(asking(subject, unknown))).toMatchObject({ code: 'key-lost' });
    expect(await eventsOf(one, subject)).toEqual([]);
  });

  it('lies under the key of their own, and goes with it', async () => {
    const { stores, subject, one } = setUp();
    const other = randomId<SubjectId>();
    const wanted = { subject: other, category: 'affiliation', scope: 'g1' as never } as const;
    const [theirs] = await stores.vault.vault.provision([wanted]);
    if (theirs?.state !== 'live') throw new Error('no key');
    const mention = { do: 'mention', subject: other, key: theirs.ref.key } as const;
    const [event] = outcomeOf(await one.handler.handle(asking(subject, mention))).events;
    expect(event?.data.sealed).toMatchObject([{ subject: other, key: theirs.ref.key }]);
    await stores.vault.vault.fence(other, [wanted], randomId());
    const later = stores.open();
    expect(await later.handler.handle(asking(subject, mention))).toMatchObject({ code: 'erasing' });
  });

  it('does not lie under a key of somebody else', async () => {
    const { stores, subject, one } = setUp();
    const wanted = {
      subject: randomId<SubjectId>(),
      category: 'affiliation',
      scope: 'g1' as never,
    } as const;
    const [third] = await stores.vault.vault.provision([wanted]);
    if (third?.state !== 'live') throw new Error('no key');
    const mention = { do: 'mention', subject: randomId<SubjectId>(), key: third.ref.key } as const;
    await expect(one.handler.handle(asking(subject, mention))).rejects.toMatchObject({
      code: 'key-mismatch',
    });
    expect(await eventsOf(one, subject)).toEqual([]);
  });
});
