import { describe, expect, it } from '@jest/globals';

import type { CommandId, KeyId, RecordedEvent, SubjectId } from '#kernel';
import { instantOf, randomId } from '#kernel';

import { commandIdOf } from './request.js';
import type { Process } from './testing/index.js';
import { asking, diaryStream, outcomeOf, SharedStores } from './testing/index.js';

async function eventsOf(process: Process, subject: SubjectId): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of process.log.read(diaryStream(subject), 0)) events.push(...page);
  return events;
}

function setUp() {
  const stores = new SharedStores();
  return { stores, subject: randomId<SubjectId>(), one: stores.open(), two: stores.open() };
}

describe('the same command twice', () => {
  it('is one event, and the same answer', async () => {
    const { subject, one } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' });
    const first = outcomeOf(await one.handler.handle(request));
    const second = outcomeOf(await one.handler.handle(request));
    expect(second).toEqual({ ...first, repeated: true });
    expect(await eventsOf(one, subject)).toEqual(first.events);
  });

  it('is answered by another process, and much later', async () => {
    const { subject, one, two } = setUp();
    const request = asking(subject, { do: 'begin', line: 'a', name: 'A' });
    const first = outcomeOf(await one.handler.handle(request));
    await one.handler.handle(asking(subject, { do: 'turn' }));
    const second = outcomeOf(await two.handler.handle(request));
    expect(second).toMatchObject({
      events: first.events,
      position: first.position,
      repeated: true,
    });
    expect(second.revision).toBe(2);
    expect(one.log.appends + two.log.appends).toBe(2);
  });

  it('reads no more of a long stream than the events that it gave', async () => {
    const { subject, one } = setUp();
    const request = asking(subject, { do: 'begin', line: 'a', name: 'A' });
    const first = outcomeOf(await one.handler.handle(request));
    for (let at = 0; at < 40; at++) await one.handler.handle(asking(subject, { do: 'turn' }));
    const second = outcomeOf(await one.handler.handle(request));
    expect(second.events).toEqual(first.events);
    expect([one.log.lastFrom, one.log.lastMost]).toEqual([0, first.events.length]);
  });

  it('asked at the same time is one event', async () => {
    const { subject, one, two } = setUp();
    const request = asking(subject, { do: 'turn' });
    const outcomes = await Promise.all([
      one.handler.handle(request),
      two.handler.handle(request),
      one.handler.handle(request),
      two.handler.handle(request),
    ]);
    expect(await eventsOf(one, subject)).toHaveLength(1);
    for (const outcome of outcomes) {
      expect(outcomeOf(outcome).events).toEqual(await eventsOf(one, subject));
    }
    expect(outcomes.filter((outcome) => !outcomeOf(outcome).repeated)).toHaveLength(1);
  });

  it('mints the same ids', async () => {
    const { subject, one, two } = setUp();
    const request = asking(subject, { do: 'turn' });
    one.log.next('refuse');
    await expect(one.handler.handle(request)).rejects.toThrow('disk full');
    one.log.next('lose-answer');
    const first = outcomeOf(await one.handler.handle(request)).events[0];
    const other = outcomeOf(await two.handler.handle(asking(subject, { do: 'turn' }))).events[0];
    expect(first?.data.id).not.toBe(other?.data.id);
    expect(outcomeOf(await two.handler.handle(request)).events[0]?.data.id).toBe(first?.data.id);
  });
});

describe('an append whose answer was lost', () => {
  it('is read before anything is said of it: one event, and no error', async () => {
    const { subject, one } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' });
    one.log.next('lose-answer');
    const outcome = outcomeOf(await one.handler.handle(request));
    expect(outcome).toMatchObject({ repeated: false, revision: 0 });
    expect(outcome.events).toEqual(await eventsOf(one, subject));
  });

  it.each(['one', 'two'] as const)(
    'and cannot be read, is one event when process %s is asked again after others came in',
    async (asked) => {
      const { subject, one, two } = setUp();
      const request = asking(subject, { do: 'write', line: 'a' });
      one.log.next(async () => {
        one.log.unreadable = true;
      }, 'lose-answer');
      await expect(one.handler.handle(request)).rejects.toThrow('does not answer');
      one.log.unreadable = false;
      await two.handler.handle(asking(subject, { do: 'turn' }));
      const process = asked === 'one' ? one : two;
      const outcome = outcomeOf(await process.handler.handle(request));
      const events = await eventsOf(one, subject);
      expect(events.map(({ type }) => type)).toEqual(['Written', 'Turned']);
      expect(outcome).toMatchObject({ repeated: true, revision: 1, events: events.slice(0, 1) });
    },
  );

  it('founds a stream once', async () => {
    const { stores, one, two } = setUp();
    const key = randomId<CommandId>();
    const id = commandIdOf(stores.ledger, 'account', 'write', key);
    const subject = id as string as SubjectId;
    const request = asking(subject, { do: 'begin', line: 'a', name: 'A' }, { id });
    one.log.next(async () => {
      one.log.unreadable = true;
    });
    await expect(one.handler.handle(request)).rejects.toThrow('does not answer');
    const outcome = outcomeOf(await two.handler.handle(request));
    expect(outcome.repeated).toBe(true);
    expect(await eventsOf(two, subject)).toHaveLength(2);
  });

  it('that was never written is an outage, and the same command may be sent again', async () => {
    const { subject, one } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' });
    one.log.next('refuse');
    await expect(one.handler.handle(request)).rejects.toThrow('disk full');
    expect(await eventsOf(one, subject)).toEqual([]);
    expect(outcomeOf(await one.handler.handle(request)).repeated).toBe(false);
    expect(await eventsOf(one, subject)).toHaveLength(1);
  });
});

describe('the same key with other content', () => {
  it.each([
    [
      { do: 'write', line: 'a' },
      { do: 'write', line: 'b' },
    ],
    [{ do: 'turn' }, { do: 'write', line: 'a' }],
    [
      { do: 'begin', line: 'a', name: 'A' },
      { do: 'begin', line: 'a', name: 'B' },
    ],
  ] as const)('is refused, and no event', async (first, other) => {
    const { subject, one, two } = setUp();
    const request = asking(subject, first);
    await one.handler.handle(request);
    const before = await eventsOf(one, subject);
    for (const process of [one, two]) {
      const again = asking(subject, other, { id: request.id });
      expect(await process.handler.handle(again)).toMatchObject({
        refused: true,
        kind: 'unprocessable',
        code: 'idempotency-key-reused',
      });
    }
    expect(await eventsOf(one, subject)).toEqual(before);
  });

  it('keeps nothing that could be guessed: the fingerprint is keyed where something is sealed', async () => {
    const { subject, one } = setUp();
    const other = randomId<SubjectId>();
    const line = asking(subject, { do: 'write', line: 'a' });
    const [mine] = outcomeOf(await one.handler.handle(line)).events;
    const [theirs] = outcomeOf(
      await one.handler.handle(asking(other, { do: 'write', line: 'a' })),
    ).events;
    expect(mine?.metadata.fingerprint).toMatch(/^hmac:/);
    expect(theirs?.metadata.fingerprint).not.toBe(mine?.metadata.fingerprint);
    const [turned] = outcomeOf(await one.handler.handle(asking(subject, { do: 'turn' }))).events;
    expect(turned?.metadata.fingerprint).toMatch(/^sha256:/);
  });

  it('is not compared once the key of its first envelope is fenced or destroyed', async () => {
    const { stores, subject, one, two } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' });
    const [event] = outcomeOf(await one.handler.handle(request)).events;
    const [envelope] = event?.data.sealed ?? [];
    if (event === undefined || envelope === undefined) throw new Error('nothing was sealed');
    const again = asking(subject, { do: 'write', line: 'b' }, { id: request.id });
    const key: KeyId = envelope.key;
    await stores.vault.vault.fence(subject, [envelope], event.id);
    expect(outcomeOf(await two.handler.handle(again)).events).toEqual([event]);
    await stores.vault.vault.destroy([key], event.id, instantOf(0));
    expect(outcomeOf(await stores.open().handler.handle(again)).events).toEqual([event]);
  });
});

describe('a founding command', () => {
  const founding = { founding: true } as const;

  it('does not read a stream before it appends', async () => {
    const { subject, one } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' }, founding);
    outcomeOf(await one.handler.handle(request));
    expect(one.log.reads).toBe(1);
  });

  it('is once, in this process and in another', async () => {
    const { subject, one, two } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' }, founding);
    const first = outcomeOf(await one.handler.handle(request));
    for (const process of [one, two]) {
      expect(outcomeOf(await process.handler.handle(request))).toEqual({
        ...first,
        repeated: true,
      });
    }
    expect(await eventsOf(one, subject)).toHaveLength(1);
  });

  it('with other content is refused, also by a process that has not read the stream', async () => {
    const { subject, one, two } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' }, founding);
    await one.handler.handle(request);
    const other = asking(subject, { do: 'write', line: 'b' }, { ...founding, id: request.id });
    expect(await two.handler.handle(other)).toMatchObject({ code: 'idempotency-key-reused' });
  });

  it('is decided on what there is, where the stream exists', async () => {
    const { subject, one, two } = setUp();
    await one.handler.handle(asking(subject, { do: 'turn' }));
    await two.handler.handle(asking(subject, { do: 'turn' }, founding));
    expect((await eventsOf(one, subject)).map(({ data }) => data.page)).toEqual([1, 2]);
  });

  it('is answered from its events where the key is destroyed since', async () => {
    const { stores, subject, one } = setUp();
    const request = asking(subject, { do: 'write', line: 'a' }, founding);
    const { events } = outcomeOf(await one.handler.handle(request));
    const [envelope] = events[0]?.data.sealed ?? [];
    if (envelope === undefined) throw new Error('nothing was sealed');
    await stores.vault.vault.fence(subject, [envelope], randomId());
    await stores.vault.vault.destroy([envelope.key], randomId(), instantOf(0));
    expect(outcomeOf(await stores.open().handler.handle(request))).toMatchObject({
      events,
      repeated: true,
    });
  });
});

describe('the id of a command', () => {
  it('is the same for account, target and key, and another for anything else', () => {
    const { stores } = setUp();
    const key = randomId();
    const id = commandIdOf(stores.ledger, 'account', 'customer-1', key);
    expect(commandIdOf(stores.ledger, 'account', 'customer-1', key)).toBe(id);
    const others = [
      commandIdOf(randomId(), 'account', 'customer-1', key),
      commandIdOf(stores.ledger, 'other', 'customer-1', key),
      commandIdOf(stores.ledger, 'account', 'customer-2', key),
      commandIdOf(stores.ledger, 'account', 'customer-1', randomId()),
    ];
    expect(new Set([id, ...others]).size).toBe(5);
  });
});
