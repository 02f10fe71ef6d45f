import { describe, expect, it } from '@jest/globals';

import type { SubjectId } from '#kernel';
import { isRefusal } from '#kernel';

import { customerStream } from '../ids.js';
import { asks, granted, TestRegister } from '../testing/index.js';
import type { TestProcess } from '../testing/index.js';
import { CustomerNumbers } from './customer-numbers.js';
import type { Asking } from './index.js';

const numbered = (customerNumber: string) => ({
  category: 'private' as const,
  identity: { customerNumber, lastName: 'Berg', firstName: 'Bo' },
});

function register(process: TestProcess, number: string, asking: Asking = asks()) {
  return process.commands.register(asking, numbered(number));
}

async function erase(process: TestProcess, subject: SubjectId): Promise<void> {
  const erasure = { ground: 'objection' as const, categories: ['identity' as const] };
  granted(await process.commands.requestErasure(asks('officer'), subject, erasure));
  await process.settle();
}

const inUse = { refused: true, kind: 'conflict', code: 'customer-number-in-use' };

describe('a customer number', () => {
  it('is held by one customer; another is refused, and nothing recorded of them', async () => {
    const process = new TestRegister().open();
    granted(await register(process, 'A-1'));
    const before = await process.events();
    expect(await register(process, 'A-1')).toMatchObject(inUse);
    expect(await process.events()).toEqual(before);
    granted(await register(process, 'A-2'));
  });

  it('is the same whatever is written around it', async () => {
    const process = new TestRegister().open();
    granted(await register(process, 'Å-1'));
    expect(await register(process, ' \u0041\u030a-1 ')).toMatchObject(inUse);
  });

  it('goes to one of two that ask at the same time', async () => {
    const shared = new TestRegister();
    const both = await Promise.all([
      register(shared.open(), 'A-1'),
      register(shared.open(), 'A-1'),
    ]);
    expect(both.filter(isRefusal)).toHaveLength(1);
  });

  it('does not stand against the same registration asked again', async () => {
    const process = new TestRegister().open();
    const asking = asks();
    const first = granted(await register(process, 'A-1', asking));
    const again = granted(await register(process, 'A-1', asking));
    expect(again).toMatchObject({ subject: first.subject, repeated: true });
    expect(await process.events()).toHaveLength(1);
  });

  it('is not needed', async () => {
    const process = new TestRegister().open();
    const nameless = { category: 'company' as const, identity: { organisationName: 'Acme' } };
    granted(await process.commands.register(asks(), nameless));
    granted(await process.commands.register(asks(), nameless));
  });

  it('stands in no store in clear', async () => {
    const shared = new TestRegister();
    const process = shared.open();
    granted(await register(process, 'CANARY-77'));
    expect(JSON.stringify([shared.logStore.events])).not.toContain('CANARY');
  });
});

describe('a number whose registration never came', () => {
  async function orphaned() {
    const shared = new TestRegister();
    const [first, second] = [shared.open(), shared.open()];
    const asking = asks();
    first.log.next('refuse');
    await expect(register(first, 'A-1', asking)).rejects.toThrow('disk full');
    return { first, second, asking };
  }

  it('is still theirs when they come again', async () => {
    const { first, asking } = await orphaned();
    granted(await register(first, 'A-1', asking));
    expect(await register(first, 'A-1')).toMatchObject(inUse);
  });

  it('goes to the next that asks, and a late writer is refused', async () => {
    const { first, second, asking } = await orphaned();
    const winner = granted(await register(second, 'A-1'));
    expect(await register(first, 'A-1', asking)).toMatchObject({ code: 'reservation-dropped' });
    const late = await first.commands.register(asking, numbered('A-2'));
    expect(late).toMatchObject({ code: 'reservation-dropped' });
    const types = (await second.events()).map(({ type, stream }) => [type, stream]);
    expect(types).toHaveLength(2);
    expect(types).toContainEqual(['CustomerRegistered', customerStream(winner.subject)]);
    expect(types.map(([type]) => type)).toContain('ReservationDropped');
  });

  it('is not recorded by one who was on the way to while it was freed', async () => {
    const shared = new TestRegister();
    const [first, second] = [shared.open(), shared.open()];
    first.log.next(() => register(second, 'A-1'));
    expect(await register(first, 'A-1')).toMatchObject({ code: 'reservation-dropped' });
    expect(await register(first, 'A-1')).toMatchObject(inUse);
    const registered = (await first.events()).filter(({ type }) => type === 'CustomerRegistered');
    expect(registered).toHaveLength(1);
  });

  it('that is written after it was read, and before it is dropped, is not taken away', async () => {
    const shared = new TestRegister();
    const [first, second] = [shared.open(), shared.open()];
    const asking = asks();
    first.log.next('refuse');
    await expect(register(first, 'A-1', asking)).rejects.toThrow('disk full');
    second.log.next(() => register(first, 'A-1', asking));
    expect(await register(second, 'A-1')).toMatchObject(inUse);
    const types = (await second.events()).map(({ type }) => type);
    expect(types).toEqual(['CustomerRegistered']);
  });

  it('goes on where the one who freed it died before the number was free', async () => {
    const { second } = await orphaned();
    const third = second.register.open();
    const { vaultStore } = second.register;
    let died = false;
    const dying = new CustomerNumbers(
      {
        ...vaultStore,
        reservations: {
          reserve: (hash, stream, key) => vaultStore.reservations.reserve(hash, stream, key),
          releaseByKeys: (keys) => vaultStore.reservations.releaseByKeys(keys),
          holder: (hash) => vaultStore.reservations.holder(hash),
          release: async () => {
            died = true;
            throw new Error('killed');
          },
        },
      },
      second.handler,
    );
    const subject = granted(await third.commands.register(asks(), numbered('A-9'))).subject;
    await expect(
      dying.whileReserved(subject, 'A-1', () => Promise.resolve('registered')),
    ).rejects.toThrow('killed');
    expect(died).toBe(true);
    granted(await register(third, 'A-1'));
  });
});

describe('the number of a customer who is erased', () => {
  it('is free for another', async () => {
    const process = new TestRegister().open();
    const { subject } = granted(await register(process, 'A-1'));
    await erase(process, subject);
    granted(await register(process, 'A-1'));
  });

  it('is not taken again by the old registration asked again', async () => {
    const process = new TestRegister().open();
    const asking = asks();
    const first = granted(await register(process, 'A-1', asking));
    await erase(process, first.subject);
    const again = granted(await register(process, 'A-1', asking));
    expect(again).toMatchObject({ subject: first.subject, repeated: true });
    granted(await register(process, 'A-1'));
  });

  it('is free also where an old copy of the vault has brought the reservation back', async () => {
    const process = new TestRegister().open();
    const { reservations } = process.register.vaultStore;
    const released: string[] = [];
    const releaseByKeys = reservations.releaseByKeys.bind(reservations);
    reservations.releaseByKeys = async (keys) => {
      released.push(...keys);
    };
    const { subject } = granted(await register(process, 'A-1'));
    await erase(process, subject);
    expect(released).toHaveLength(1);
    reservations.releaseByKeys = releaseByKeys;
    granted(await register(process, 'A-1'));
  });
});

describe('the number of a customer whose name is rectified', () => {
  it('stays theirs when the key of the old name is destroyed, until they are erased', async () => {
    const process = new TestRegister().open();
    const { subject } = granted(await register(process, 'A-1'));
    const change = { do: 'update-identity', subject, changes: { firstName: null } } as const;
    granted(await process.commands.on(asks(), change));
    await process.settle();
    expect((await process.events()).map(({ type }) => type)).toContain('KeysDestroyed');
    expect(await register(process, 'A-1')).toMatchObject(inUse);
    await erase(process, subject);
    granted(await register(process, 'A-1'));
  });

  it('is not asked for again by the old registration', async () => {
    const process = new TestRegister().open();
    const asking = asks();
    const { subject } = granted(await register(process, 'A-1', asking));
    const change = { do: 'update-identity', subject, changes: { firstName: null } } as const;
    granted(await process.commands.on(asks(), change));
    await process.settle();
    expect(granted(await register(process, 'A-1', asking)).repeated).toBe(true);
  });
});
