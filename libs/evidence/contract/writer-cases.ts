import { expect } from '@jest/globals';

import { randomId, setFaultProbe, START, type LedgerId } from '#kernel';

import type { EvidenceFaultPoint } from '../fault-points.js';
import type { TreeStore } from '../port.js';
import { expectTree, extensionOf, grow, leafAt, leavesOf, MOVED, tileAt } from './samples.js';
import type { Cases } from './subject.js';

const POINT: EvidenceFaultPoint = 'evidence.before-state';

/** An extension that comes to its last step and no further. */
async function cutShort(store: TreeStore, ...extend: Parameters<TreeStore['extend']>) {
  setFaultProbe((point) => {
    if (point === POINT) throw new Error('cut short');
  });
  try {
    await expect(store.extend(...extend)).rejects.toThrow('cut short');
  } finally {
    setFaultProbe(undefined);
  }
}

const closedOut = { name: 'Outage', part: 'evidence', reason: 'closed' };

/** Who may write, and what stays of what was not finished. */
export const writerCases: Cases = {
  'the same extension again changes nothing': async ({ store, other }) => {
    await grow(store, 0, 300);
    const extension = extensionOf(300, 20);
    const second = await other();
    await store.extend(extension, 1);
    for (const epoch of [1, 2]) {
      for (const each of [store, second]) await each.extend(extension, epoch);
    }
    await expectTree(store, 320);
    await expect(store.extend(extensionOf(320, 1), 1)).rejects.toMatchObject(MOVED);
    await store.extend(extensionOf(320, 1), 2);
    await expect(store.extend(extension, 2)).rejects.toMatchObject(MOVED);
    await expectTree(second, 321);
  },

  'an extension of another tree, or of another size, is refused': async ({ store }) => {
    await expect(store.extend(extensionOf(1, 1), 1)).rejects.toMatchObject(MOVED);
    await grow(store, 0, 300);
    for (const [from, count] of [
      [0, 1],
      [299, 2],
      [301, 2],
      [290, 9],
    ] as const) {
      await expect(store.extend(extensionOf(from, count), 1)).rejects.toMatchObject(MOVED);
    }
    await expect(store.extend(extensionOf(290, 10, 'b'), 1)).rejects.toMatchObject(MOVED);
    const { leaves, ...rest } = extensionOf(290, 10);
    const elsewhere = { ...leafAt(299), position: leafAt(400).position };
    const moved = { ...rest, leaves: [...leaves.slice(0, 9), elsewhere] };
    await expect(store.extend(moved, 1)).rejects.toMatchObject(MOVED);
    await expectTree(store, 300);
  },

  'an epoch that was overtaken writes nothing': async ({ store, other }) => {
    await store.extend(extensionOf(0, 10), 3);
    const second = await other();
    await store.setCheckpoint('of three', 3);
    await second.extend(extensionOf(10, 10), 4);
    for (const each of [store, second]) {
      await expect(each.extend(extensionOf(20, 1), 3)).rejects.toMatchObject(MOVED);
      await expect(each.extend(extensionOf(10, 10), 3)).rejects.toMatchObject(MOVED);
      await expect(each.setCheckpoint('of an older one', 3)).rejects.toMatchObject(MOVED);
      await expect(each.renew(3)).rejects.toMatchObject(MOVED);
    }
    expect(await second.checkpoint()).toBe('of three');
    await expectTree(store, 20);
    await store.extend(extensionOf(20, 1), 4);
    await expectTree(second, 21);
  },

  'an epoch is seen by whatever is written under it': async ({ store, other }) => {
    const second = await other();
    await store.setCheckpoint('note', 2);
    await expect(second.extend(extensionOf(0, 1), 1)).rejects.toMatchObject(MOVED);
    await store.renew(3);
    await expect(second.setCheckpoint('other', 2)).rejects.toMatchObject(MOVED);
    await expect(second.extend(extensionOf(0, 1), 2)).rejects.toMatchObject(MOVED);
    await second.extend(extensionOf(0, 1), 3);
    await expectTree(store, 1);
  },

  'what one process writes all see': async ({ store, other }) => {
    const second = await other();
    await grow(store, 0, 300);
    await expectTree(second, 300);
    await grow(second, 300, 520);
    await expectTree(store, 520);
    await second.setCheckpoint('first\n', 1);
    expect(await store.checkpoint()).toBe('first\n');
    await store.setCheckpoint('ledger.example.fi/customers\n520\n\n— Ä\n', 1);
    expect(await second.checkpoint()).toBe('ledger.example.fi/customers\n520\n\n— Ä\n');
    await second.doubt();
    expect(await store.isDoubted()).toBe(true);
  },

  'of processes that extend at once one does': async ({ store, other }) => {
    const all = [store, await other(), await other()];
    for (let size = 0; size < 60; size += 20) {
      const settled = await Promise.allSettled(
        all.map((each, at) => each.extend(extensionOf(size, 20, String(at)), 1)),
      );
      const won = settled.findIndex(({ status }) => status === 'fulfilled');
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const each of settled)
        if (each.status === 'rejected') expect(each.reason).toMatchObject(MOVED);
      const [hashes] = await store.tiles([{ level: 0, index: 0 }]);
      expect(hashes).toEqual(tileAt(size + 20, { level: 0, index: 0 }, String(won)).hashes);
      expect(await store.leaves(size, 30)).toEqual(leavesOf(size, 20, String(won)));
    }
  },

  'what was written is there after the store was opened again': async ({ store, reopen }) => {
    const ledger = randomId<LedgerId>();
    await store.claim(ledger);
    await grow(store, 0, 20_300);
    await store.setCheckpoint('note', 7);
    await store.doubt();
    const again = await reopen();
    await expectTree(again, 20_300);
    expect(await again.checkpoint()).toBe('note');
    expect(await again.isDoubted()).toBe(true);
    expect(await again.ledgerId()).toBe(ledger);
    await expect(again.extend(extensionOf(20_300, 1), 6)).rejects.toMatchObject(MOVED);
    await again.extend(extensionOf(20_300, 1), 7);
    await expectTree(again, 20_301);
  },

  'an extension that was cut short has changed nothing': async ({ store, other }) => {
    const second = await other();
    await cutShort(store, extensionOf(0, 10), 1);
    await expectTree(store, 0);
    await grow(store, 0, 250);
    await cutShort(store, extensionOf(250, 700), 1);
    for (const each of [store, second]) await expectTree(each, 250);
  },

  'after an extension that was cut short any other is taken': async ({ store, other }) => {
    const second = await other();
    await grow(store, 0, 250);
    await cutShort(store, extensionOf(250, 700, 'b'), 1);
    await store.extend(extensionOf(250, 3), 1);
    await expectTree(second, 253);
    await cutShort(second, extensionOf(253, 700, 'b'), 2);
    await second.extend(extensionOf(253, 700), 3);
    await expectTree(store, 953);
    await cutShort(store, extensionOf(953, 10), 3);
    await store.extend(extensionOf(953, 10), 3);
    await expectTree(store, 963);
  },

  'a tree that is begun anew has nothing of the one before but its checkpoint': async (subject) => {
    const { store, other } = subject;
    const second = await other();
    await store.renew(1);
    await expectTree(store, 0);
    await grow(store, 0, 20_300);
    await store.setCheckpoint('note', 1);
    await second.doubt();
    await second.renew(2);
    for (const each of [store, second]) {
      await expectTree(each, 0);
      expect(await each.tiles([{ level: 1, index: 0 }])).toEqual([undefined]);
      expect(await each.leaves(0, 10)).toEqual([]);
      expect(await each.indexOf([leafAt(0).id, leafAt(20_299).id])).toEqual(new Map());
      expect(await each.checkpoint()).toBe('note');
      expect(await each.isDoubted()).toBe(false);
      expect(await each.state()).toEqual({ size: 0, position: START });
    }
    await second.extend(extensionOf(0, 300, 'b'), 2);
    await expectTree(store, 300, 'b');
    await second.renew(2);
    await expectTree(second, 0);
    await second.extend(extensionOf(0, 20, 'c'), 2);
    await expectTree(store, 20, 'c');
  },

  'a tree that was begun anew while it was extended is not extended': async ({ store, other }) => {
    const second = await other();
    await grow(store, 0, 10);
    await cutShort(store, extensionOf(10, 10, 'b'), 1);
    await second.renew(2);
    await second.extend(extensionOf(0, 10, 'c'), 2);
    await expect(store.extend(extensionOf(10, 10, 'b'), 1)).rejects.toMatchObject(MOVED);
    await expectTree(store, 10, 'c');
  },

  'the ledger is claimed once, again for the same, never for another': async ({ store, other }) => {
    const [ledger, another] = [randomId<LedgerId>(), randomId<LedgerId>()];
    const second = await other();
    await store.extend(extensionOf(0, 2), 1);
    await store.claim(ledger);
    await store.claim(ledger);
    await second.claim(ledger);
    for (const each of [store, second]) {
      const refused = { name: 'IntegrityError', code: 'ledger-id-differs' };
      await expect(each.claim(another)).rejects.toMatchObject(refused);
      expect(await each.ledgerId()).toBe(ledger);
    }
    await store.renew(1);
    expect(await second.ledgerId()).toBe(ledger);
  },

  'a store that was closed is an outage, however often it is closed': async ({ store, reopen }) => {
    await grow(store, 0, 3);
    const again = await reopen();
    await again.close();
    await again.close();
    for (const call of [
      () => again.ledgerId(),
      () => again.claim(randomId<LedgerId>()),
      () => again.state(),
      () => again.extend(extensionOf(3, 1), 1),
      () => again.tiles([{ level: 0, index: 0 }]),
      () => again.indexOf([leafAt(0).id]),
      () => again.leaves(0, 1),
      () => again.checkpoint(),
      () => again.setCheckpoint('note', 1),
      () => again.doubt(),
      () => again.isDoubted(),
      () => again.renew(1),
    ]) {
      await expect(call()).rejects.toMatchObject(closedOut);
    }
  },
};
