import { afterEach, describe, expect, it } from '@jest/globals';

import type { JsonObject, RecordedEvent, SubjectId } from '#kernel';
import { instantOf, millisOf, randomId, setFaultProbe, streamName } from '#kernel';

import type { CaseNumber } from '../ids.js';
import { asks, contact, granted, identity, TestRegister, voucher } from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';
import { ERASABLE } from '../vocabulary.js';
import { casesView } from '../views/index.js';
import { receiptBytes } from './receipt.js';
import { ERASURE_FAULT_POINTS } from './shredder.js';

afterEach(() => {
  setFaultProbe(undefined);
});

/** A customer whose erasure has begun, and the event that says so. */
async function begun() {
  const process = new TestRegister().open();
  const subject = await process.customer({ identity, contact });
  const asked = { ground: 'objection', categories: ['identity', 'contact'] } as const;
  const { case: number } = granted(
    await process.commands.requestErasure(asks('officer'), subject, asked),
  );
  await process.project();
  return { process, subject, number, started: await theOne(process, 'ErasureStarted') };
}

async function all(process: TestProcess, type: string): Promise<readonly RecordedEvent[]> {
  return (await process.events()).filter((event) => event.type === type);
}

async function theOne(process: TestProcess, type: string): Promise<RecordedEvent> {
  const [event, ...more] = await all(process, type);
  if (event === undefined || more.length > 0) throw new Error(`not one ${type}`);
  return event;
}

function finish(process: TestProcess, { stream, revision }: RecordedEvent): Promise<void> {
  return process.shredder.finish(stream, revision);
}

async function keyStates(process: TestProcess, subject: SubjectId) {
  const keys = await process.register.vaultStore.vault.status(subject);
  return Object.fromEntries(keys.map(({ ref, state }) => [`${ref.category} ${ref.scope}`, state]));
}

async function statusOf(process: TestProcess, number: CaseNumber): Promise<string | undefined> {
  await process.project();
  return (await process.views.get(casesView, number))?.doc.status;
}

const ERASED = { 'identity g1': 'destroyed', 'contact g1': 'destroyed' };

describe('the steps of an erasure', () => {
  it('come in an order that no crash undoes: fence, views, anchor, keys, values, receipt', async () => {
    const { process, subject, number, started } = await begun();
    await finish(process, started);
    expect(process.calls).toEqual([
      'vault.fence',
      'keys.invalidate',
      'views.forget',
      'anchor.recordDestroyed',
      'vault.destroy',
      'reservations.releaseByKeys',
    ]);
    expect(await keyStates(process, subject)).toEqual(ERASED);
    expect(await statusOf(process, number)).toBe('erased');
  });

  it('leave nothing of the values in the views before a key is destroyed', async () => {
    const { process, started } = await begun();
    const before: string[] = [];
    setFaultProbe((point) => {
      if (point === 'erasure.anchored') before.push(JSON.stringify(process.register.viewsStore));
    });
    await finish(process, started);
    expect(before).toHaveLength(1);
    const envelopes = (await theOne(process, 'CustomerRegistered')).data.sealed ?? [];
    expect(envelopes).toHaveLength(2);
    for (const { ciphertext } of envelopes) expect(before[0]).not.toContain(ciphertext);
  });

  it('name in the anchor what is about to be destroyed, with the event that ends it', async () => {
    const { process, subject, started } = await begun();
    setFaultProbe((point) => {
      if (point === 'erasure.anchored') throw new Error('killed');
    });
    await expect(finish(process, started)).rejects.toThrow('killed');
    expect(await keyStates(process, subject)).toEqual({
      'identity g1': 'fenced',
      'contact g1': 'fenced',
    });
    const status = await process.register.vaultStore.vault.status(subject);
    const at = process.clock.now();
    expect(process.register.anchor.keys).toEqual(
      status.map(({ ref }) => ({ key: ref.key, by: started.id, at })),
    );
  });
});

const POINTS = [...ERASURE_FAULT_POINTS, 'command.before-append', 'command.after-append'];

describe.each(POINTS)('a crash at %s', (point) => {
  it('is made good by the next process: erased once, with one receipt', async () => {
    const { process, subject, number, started } = await begun();
    let reached = 0;
    setFaultProbe((at) => {
      if (at !== point) return;
      reached += 1;
      throw new Error('killed');
    });
    await expect(finish(process, started)).rejects.toThrow('killed');
    expect(reached).toBe(1);
    setFaultProbe(undefined);
    const next = process.register.open();
    await next.settle();
    expect(await keyStates(next, subject)).toEqual(ERASED);
    expect(await statusOf(next, number)).toBe('erased');
    await theOne(next, 'SubjectErased');
    expect((await next.stateOf(subject)).endings).toEqual({});
    const before = await next.events();
    await next.settle();
    await finish(next, started);
    expect(await next.events()).toEqual(before);
  });
});

describe('an erasure', () => {
  it('stays visibly open while a view is parked, and opens nothing meanwhile', async () => {
    const { process, subject, number, started } = await begun();
    const [build] = await process.views.builds();
    if (build === undefined) throw new Error('no build');
    const parked = { position: started.position, reason: 'test', at: process.clock.now() };
    await process.views.park(build, parked, 1);
    await expect(finish(process, started)).rejects.toThrow('views');
    expect(await keyStates(process, subject)).toEqual({
      'identity g1': 'fenced',
      'contact g1': 'fenced',
    });
    expect(await all(process, 'SubjectErased')).toEqual([]);
    await process.views.unpark(build.view);
    expect(await statusOf(process, number)).toBe('erasing');
    await process.settle();
    expect(await statusOf(process, number)).toBe('erased');
  });

  it('is done once by two processes at the same time', async () => {
    const { process, started } = await begun();
    const other = process.register.open();
    await Promise.all([finish(process, started), finish(other, started)]);
    await theOne(process, 'SubjectErased');
  });

  it('fences what a process has in its cache, and cannot be sealed under any more', async () => {
    const { process, subject, started } = await begun();
    const [registered] = await process.events();
    if (registered === undefined) throw new Error('no event');
    await process.opener.openEvent(registered);
    await finish(process, started);
    const opened = await process.opener.openEvent(registered);
    expect(opened.map(({ opening }) => opening.kind)).toEqual(['erased', 'erased']);
    const change = { do: 'update-contact', subject, changes: { phone: '1' } } as const;
    expect(await process.commands.on(asks(), change)).toMatchObject({ code: 'erased' });
  });

  it('of a key that the vault has lost goes on with the others, and does not claim that one', async () => {
    const { process, subject, started } = await begun();
    const { vault } = process.register.vaultStore;
    const destroy = vault.destroy.bind(vault);
    vault.destroy = async (keys, by, at) =>
      (await destroy(keys, by, at)).filter(({ ref }) => ref.category !== 'contact');
    await finish(process.register.open(), started);
    const receipt = await theOne(process, 'SubjectErased');
    expect(receipt.data.keys).toMatchObject([{ category: 'identity' }]);
    expect((await process.stateOf(subject)).endings).toEqual({});
  });

  it('is not looked for in streams that are not of customers', async () => {
    const { process } = await begun();
    const appended = await process.log.append(streamName('register'), 'no-stream', [
      { ...(await theOne(process, 'ErasureStarted')), id: randomId() },
    ]);
    await expect(
      process.shredder.finish(streamName('register'), appended.revision),
    ).rejects.toMatchObject({ code: 'ending-misplaced' });
    await expect(process.shredder.finish(streamName('other'), 0)).rejects.toMatchObject({
      code: 'event-missing',
    });
  });
});

describe('where other processes live', () => {
  const LIMIT = 60_000;

  /** Another process, which says that it lives whenever it is waited for. */
  async function beside(process: TestProcess, beats: number) {
    const { presence } = process.register.vaultStore;
    const waited: number[] = [];
    let left = beats;
    await presence.beat('other', 'server', LIMIT);
    process.pause = async (millis) => {
      waited.push(millis);
      process.clock.pass(millis);
      if (left-- > 0) await presence.beat('other', 'server', LIMIT);
    };
    return waited;
  }

  it('keys are destroyed when the limit of their caches has passed since the fence', async () => {
    const { process, subject, started } = await begun();
    const waited = await beside(process, 10);
    const from = process.clock.now();
    const states: unknown[] = [];
    const { pause } = process;
    process.pause = async (millis) => {
      states.push(await keyStates(process, subject));
      await pause(millis);
    };
    await finish(process, started);
    expect(waited).toEqual([LIMIT]);
    expect(states).toEqual([{ 'identity g1': 'fenced', 'contact g1': 'fenced' }]);
    const { data } = await theOne(process, 'SubjectErased');
    expect(data.unreadableSince).toBe(from);
    expect(await keyStates(process, subject)).toEqual(ERASED);
    expect(millisOf(process.clock.now()) - millisOf(from)).toBe(LIMIT);
  });

  it('it is waited on where a pause ends early, and no longer than they live', async () => {
    const { process, started } = await begun();
    const { presence } = process.register.vaultStore;
    await presence.beat('other', 'import', LIMIT);
    const waited: number[] = [];
    process.pause = async (millis) => {
      waited.push(millis);
      process.clock.pass(1000);
      if (waited.length === 3) await presence.leave('other');
    };
    await finish(process, started);
    expect(waited).toEqual([LIMIT, LIMIT - 1000, LIMIT - 2000]);
  });

  it('a clock that is set forward meanwhile shortens no wait', async () => {
    const { process, started } = await begun();
    await process.register.vaultStore.presence.beat('other', 'server', 100 * LIMIT);
    let passed = 0;
    process.monotonic = () => passed;
    process.pause = async (millis) => {
      process.clock.pass(LIMIT);
      passed += millis / 2;
      if (millis < 1) passed = LIMIT;
    };
    await finish(process, started);
    expect(passed).toBe(LIMIT);
  });

  it('nothing is waited for where there is none but this one', async () => {
    const { process, started } = await begun();
    await process.register.vaultStore.presence.beat(process.name, 'server', LIMIT);
    process.pause = () => Promise.reject(new Error('waited'));
    await finish(process, started);
    await theOne(process, 'SubjectErased');
  });
});

describe('a receipt', () => {
  it('says what is gone and kept, and when, and is signed by the ledger', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({ identity, contact });
    await process.do({ do: 'record-order', subject, voucher: voucher('2026-01-05') });
    const asked = { ground: 'unlawful', categories: ERASABLE } as const;
    const { case: number } = granted(
      await process.commands.requestErasure(asks('officer'), subject, asked),
    );
    await process.settle();
    const { data } = await theOne(process, 'SubjectErased');
    const started = await theOne(process, 'ErasureStarted');
    const keys = await process.register.vaultStore.vault.status(subject);
    const print = (category: string) =>
      keys.find(({ ref }) => ref.category === category)?.fingerprint;
    expect(data).toMatchObject({
      case: number,
      ground: 'unlawful',
      started: started.id,
      keys: [
        { category: 'identity', scope: 'g1', fingerprint: print('identity') },
        { category: 'contact', scope: 'g1', fingerprint: print('contact') },
      ],
      kept: [
        {
          category: 'orders',
          scope: '2026-12-31',
          holds: [{ hold: 'statutory', until: '2032-12-31' }],
        },
      ],
      unreadableSince: process.clock.now(),
      unreadableInCopiesBy: instantOf(millisOf(process.clock.now()) + 60 * 24 * 3_600_000),
      signer: 'test-ledger',
    });
    const { ledger, signer } = process.register;
    const signature = typeof data.signature === 'string' ? data.signature : '';
    const verifies = (over: JsonObject, of = subject, by = ledger) =>
      signer.verifies(receiptBytes(by, of, over), signature);
    expect(verifies(data)).toBe(true);
    expect(verifies({ ...data, kept: [] })).toBe(false);
    expect(verifies({ ...data, case: 'E-0000-0000-0000' })).toBe(false);
    expect(verifies(data, randomId())).toBe(false);
    expect(verifies(data, subject, randomId())).toBe(false);
  });
});

describe('keys that a rectification ended', () => {
  it('are destroyed, and the new value stays', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({ identity, contact });
    await process.do({ do: 'update-contact', subject, changes: { phone: null } });
    await process.settle();
    expect(await keyStates(process, subject)).toMatchObject({
      'contact g1': 'destroyed',
      'contact g2': 'live',
      'identity g1': 'live',
    });
    expect((await theOne(process, 'KeysDestroyed')).data).toMatchObject({
      cause: (await theOne(process, 'ContactUpdated')).id,
      keys: [{ fingerprint: expect.any(String) as unknown }],
    });
    expect(process.calls).not.toContain('reservations.releaseByKeys');
    const [shown] = granted(await process.reading.read(asks(), subject));
    expect(shown?.values.contact).toMatchObject({
      state: 'present',
      value: { email: contact.email },
    });
  });
});

describe('the reply address of a case', () => {
  it('is destroyed when the case is closed', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({ identity });
    const asked = {
      ground: 'objection',
      categories: ['identity'],
      reply: { email: 'a@b.fi', language: 'fi' },
    } as const;
    const { case: number } = granted(
      await process.commands.requestErasure(asks('officer'), subject, asked),
    );
    await process.settle();
    const reply = `correspondence ${number}`;
    expect(await keyStates(process, subject)).toMatchObject({ [reply]: 'live' });
    await process.do({ do: 'close-case', subject, case: number });
    await process.settle();
    expect(await keyStates(process, subject)).toMatchObject({ [reply]: 'destroyed' });
    expect((await process.stateOf(subject)).endings).toEqual({});
  });
});
