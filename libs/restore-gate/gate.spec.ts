import { describe, expect, it } from '@jest/globals';

import { MemoryEventLog } from '#event-log/memory';

import { passGate } from './gate.js';
import { Persons } from './testing/persons.js';
import type { TestKey } from './testing/persons.js';

const NOTHING = { cameBack: 0, recorded: 0 };

/** An erasure as it goes when nothing is put back. */
async function erased(persons: Persons): Promise<TestKey> {
  const key = await persons.key();
  await persons.tells('Began', key);
  await persons.anchor(key);
  await persons.bury(key);
  await persons.tells('Ended', key);
  return key;
}

describe('where nothing was put back', () => {
  it('the gate finds nothing and changes nothing, empty or not', async () => {
    const persons = new Persons();
    expect(await passGate(persons.gate)).toEqual(NOTHING);
    await erased(persons);
    const live = await persons.key();
    const before = await persons.log.head();
    expect(await passGate(persons.gate)).toEqual(NOTHING);
    expect(await passGate(persons.gate)).toEqual(NOTHING);
    expect(await persons.log.head()).toBe(before);
    expect(await persons.stateOf(live)).toBe('live');
  });

  it('the gate is through also while others append all the time', async () => {
    const persons = new Persons();
    await erased(persons);
    const busy = await persons.key();
    const { log } = persons;
    const readAll = log.readAll.bind(log);
    let reads = 0;
    log.readAll = async (after, limit) => {
      reads += 1;
      if (reads > 100) throw new Error('the gate reads on and on');
      await persons.tells('Began', busy);
      return readAll(after, limit);
    };
    expect(await passGate(persons.gate)).toEqual(NOTHING);
  });

  it('what was compared is not looked at again', async () => {
    const persons = new Persons();
    for (let n = 0; n < 5; n++) await erased(persons);
    await passGate(persons.gate);
    expect(persons.looks).toBe(0);
    // Longer ago than what is read of the log now.
    persons.anchored.length = 0;
    await passGate(persons.gate);
    expect(persons.looks).toBe(0);
    expect(persons.anchored).toEqual([]);
  });
});

describe('a key that came back', () => {
  it.each(['log', 'anchor', 'log and anchor'])('is destroyed again: the %s knew', async (who) => {
    const persons = new Persons();
    const back = await persons.key();
    const knownBy = who.split(' and ');
    if (knownBy.includes('log')) await persons.tells('Ended', back);
    if (knownBy.includes('anchor')) await persons.anchor(back);
    expect(await passGate(persons.gate)).toEqual({ cameBack: 1, recorded: 0 });
    expect(await persons.stateOf(back)).toBe('destroyed');
    expect(await persons.repeated()).toEqual([{ key: back.key, by: back.by, knownBy }]);
    expect(persons.anchored.at(-1)).toMatchObject({ key: back.key, by: back.by });
    expect(await passGate(persons.gate)).toEqual(NOTHING);
  });

  it('is destroyed again also where it is only fenced', async () => {
    const persons = new Persons();
    const back = await persons.key();
    await persons.tells('Ended', back);
    const scope = { category: 'identity', scope: 'g1' as never } as const;
    await persons.store.vault.fence(back.subject, [scope], back.by);
    expect(await passGate(persons.gate)).toEqual({ cameBack: 1, recorded: 0 });
    expect(await persons.stateOf(back)).toBe('destroyed');
  });

  it('is made no second time: its scope is fenced', async () => {
    const persons = new Persons();
    const back = await persons.key();
    await persons.anchor(back);
    await passGate(persons.gate);
    const { subject } = back;
    const wanted = { subject, category: 'identity', scope: 'g1' as never } as const;
    const [made] = await persons.store.vault.provision([wanted]);
    expect(made?.state).toBe('destroyed');
  });

  it('comes with others, of which each is dealt with', async () => {
    const persons = new Persons();
    const keys = await Promise.all([persons.key(), persons.key(), persons.key()]);
    for (const key of keys) await persons.anchor(key);
    const kept = await persons.key();
    expect(await passGate(persons.gate)).toEqual({ cameBack: 3, recorded: 0 });
    for (const key of keys) expect(await persons.stateOf(key)).toBe('destroyed');
    expect(await persons.stateOf(kept)).toBe('live');
  });

  it('may come back a second time', async () => {
    const persons = new Persons();
    const again = await persons.key();
    await persons.tells('Ended', again);
    await persons.tells('Repeated', again, { knownBy: ['log'] });
    expect(await passGate(persons.gate)).toEqual({ cameBack: 1, recorded: 0 });
    expect(await persons.repeated()).toHaveLength(2);
  });

  it('that the vault never had is nothing to it', async () => {
    const persons = new Persons();
    const known = await new Persons().key();
    await persons.anchor(known);
    expect(await passGate(persons.gate)).toEqual(NOTHING);
  });
});

describe('a log that lost the end of a key', () => {
  it('is told from the tombstone, once', async () => {
    const persons = new Persons();
    const buried = await persons.key();
    await persons.bury(buried);
    expect(await passGate(persons.gate)).toEqual({ cameBack: 0, recorded: 1 });
    expect(await persons.repeated()).toEqual([
      { key: buried.key, by: buried.by, knownBy: ['tombstone'] },
    ]);
    expect(persons.anchored).toMatchObject([{ key: buried.key, by: buried.by }]);
    expect(await passGate(persons.gate)).toEqual(NOTHING);
    expect(persons.anchored).toHaveLength(1);
  });

  it('says that the anchor knew of it too', async () => {
    const persons = new Persons();
    const buried = await persons.key();
    await persons.anchor(buried);
    await persons.bury(buried);
    expect(await passGate(persons.gate)).toEqual({ cameBack: 0, recorded: 1 });
    expect(await persons.repeated()).toMatchObject([{ knownBy: ['anchor', 'tombstone'] }]);
    expect(persons.anchored).toHaveLength(1);
  });

  it('is looked through from its start again, and so are all tombstones', async () => {
    const persons = new Persons();
    const keys = [await erased(persons), await erased(persons), await erased(persons)];
    await passGate(persons.gate);
    // An older copy, in which only the first erasure had come to its end.
    persons.log = new MemoryEventLog();
    const [first, second] = keys;
    if (first === undefined || second === undefined) throw new Error('no keys');
    await persons.tells('Ended', first);
    await persons.tells('Began', second);
    expect(await passGate(persons.gate)).toEqual({ cameBack: 0, recorded: 1 });
    expect(await persons.repeated()).toMatchObject([{ key: keys[2]?.key }]);
    expect(await passGate(persons.gate)).toEqual(NOTHING);
  });
});

describe('an erasure under way', () => {
  it.each(['anchored', 'anchored and buried'])(
    'that was %s is left to go on by itself',
    async (how) => {
      const persons = new Persons();
      const key = await persons.key();
      await persons.tells('Began', key);
      await persons.anchor(key);
      if (how.includes('buried')) await persons.bury(key);
      expect(await passGate(persons.gate)).toEqual(NOTHING);
      expect(await persons.repeated()).toEqual([]);
      expect(await persons.stateOf(key)).toBe(how.includes('buried') ? 'destroyed' : 'live');
    },
  );

  it('that another process ends meanwhile is not taken for one that was undone', async () => {
    const persons = new Persons();
    const key = await persons.key();
    await persons.tells('Began', key);
    await persons.anchor(key);
    const { gate } = persons;
    const report = await passGate({
      ...gate,
      isEnding: async (subject, id) => {
        await persons.bury(key);
        await persons.tells('Ended', key);
        return gate.isEnding(subject, id);
      },
    });
    expect(report).toEqual(NOTHING);
    expect(await persons.repeated()).toEqual([]);
  });
});

describe('a gate that was interrupted', () => {
  it.each(['before it is recorded', 'after'])('%s is passed again', async (when) => {
    const persons = new Persons();
    const back = await persons.key();
    await persons.anchor(back);
    const { gate } = persons;
    const killed = passGate({
      ...gate,
      repeat: async (subject, keys) => {
        if (when === 'after') await gate.repeat(subject, keys);
        throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    await passGate(gate);
    expect(await persons.stateOf(back)).toBe('destroyed');
    expect(await persons.repeated()).toHaveLength(1);
    expect(await passGate(gate)).toEqual(NOTHING);
  });

  it('by an outage of the anchor destroys nothing before that is written', async () => {
    const persons = new Persons();
    const back = await persons.key();
    await persons.tells('Ended', back);
    const { gate } = persons;
    const anchor = {
      destroyed: () => gate.anchor.destroyed(),
      recordDestroyed: () => Promise.reject(new Error('anchor: disk full')),
    };
    await expect(passGate({ ...gate, anchor })).rejects.toThrow('disk full');
    expect(await persons.stateOf(back)).toBe('fenced');
    expect(await passGate(gate)).toEqual({ cameBack: 1, recorded: 0 });
  });
});
