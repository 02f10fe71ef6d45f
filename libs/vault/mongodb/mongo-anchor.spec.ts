import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { randomId, type LedgerId } from '#kernel';
import { onMongo } from '#mongo-store/testing';

import type { Anchor } from '../anchor.js';
import { anchorContract, destroyedOf, goneKey, goneKeys, headOf } from '../contract/index.js';
import { openMongoAnchor } from './index.js';

const UNREADABLE = expect.objectContaining({ name: 'IntegrityError', code: 'anchor-unreadable' });

onMongo('the anchor on MongoDB', ({ url, client, fresh }) => {
  const ledger = randomId<LedgerId>();
  const opened: Anchor[] = [];
  const open = async (database: string) => {
    const anchor = await openMongoAnchor(url, { database });
    opened.push(anchor);
    return anchor;
  };
  const close = async () => {
    for (const anchor of opened.splice(0)) await anchor.close();
  };

  anchorContract('MongoDB', async () => {
    const name = fresh();
    return { anchor: await open(name), other: () => open(name), close };
  });

  let database: string;
  let anchor: Anchor;
  beforeEach(async () => {
    database = fresh();
    anchor = await open(database);
    await anchor.claim(ledger);
  });
  afterEach(close);
  const rows = (name: 'destroyed' | 'heads' | 'meta') =>
    client.db(database).collection<{ _id: string | number }>(name);

  test('keeps a document for each key and each head, and one of its own', async () => {
    const [{ key, by, at }, head] = [goneKey(), headOf(12)];
    await anchor.recordDestroyed([{ key, by, at }]);
    await anchor.claimHead(head);
    await anchor.claimHead(headOf(12));
    expect(await rows('destroyed').find().toArray()).toEqual([
      { _id: 1, key, by, at: new Date(at) },
    ]);
    expect(await rows('heads').find().toArray()).toEqual([{ _id: `${head.origin}:12`, ...head }]);
    const own = { _id: 'anchor', format: 1, ledger, noted: 1 };
    expect(await rows('meta').find().toArray()).toEqual([own]);
  });

  test('goes on after numbers whose noting failed', async () => {
    const [before, after] = [goneKeys(2), goneKeys(2)];
    await anchor.recordDestroyed(before);
    await rows('meta').updateOne({ _id: 'anchor' }, { $inc: { noted: 5 } });
    await anchor.recordDestroyed(after);
    expect(await destroyedOf(anchor)).toEqual([...before, ...after]);
  });

  test('refuses a document that it has not written', async () => {
    await anchor.recordDestroyed([goneKey()]);
    const head = headOf(4);
    await anchor.claimHead(head);
    await rows('heads').updateOne({}, { $set: { root: 'none' } });
    await expect(anchor.claimHead(headOf(4))).rejects.toEqual(UNREADABLE);
    await expect(anchor.lastHead(head.origin)).rejects.toEqual(UNREADABLE);
    for (const part of [{ key: 7 }, { by: 'x' }, { at: 'then' }]) {
      await rows('destroyed').insertOne({ _id: 9, ...goneKey(), at: new Date(), ...part });
      await expect(destroyedOf(anchor)).rejects.toEqual(UNREADABLE);
      await rows('destroyed').deleteOne({ _id: 9 });
    }
  });

  test('of a newer version is refused', async () => {
    await rows('meta').updateOne({}, { $set: { format: 2 } });
    await expect(open(database)).rejects.toMatchObject({ code: 'format-newer' });
  });

  test('names the variable whose URL is none', async () => {
    const problem = { name: 'InvalidInput', rule: 'connection-string' };
    const opening = openMongoAnchor('postgres://x', { database, variable: 'ANCHOR_URL' });
    await expect(opening).rejects.toMatchObject({ ...problem, field: 'ANCHOR_URL' });
    const unnamed = openMongoAnchor('postgres://x', { database });
    await expect(unnamed).rejects.toMatchObject({ ...problem, field: 'MONGODB_URL' });
  });

  test('that is not there, or closed, is an outage', async () => {
    const nowhere = openMongoAnchor('mongodb://127.0.0.1:1/?replicaSet=rs0', {
      database,
      selectionMillis: 200,
    });
    await expect(nowhere).rejects.toMatchObject({ name: 'Outage', part: 'anchor' });
    await anchor.close();
    const closed = { name: 'Outage', part: 'anchor', reason: 'closed' };
    await expect(anchor.claimHead(headOf(1))).rejects.toMatchObject(closed);
    await expect(anchor.recordDestroyed([goneKey()])).rejects.toMatchObject(closed);
    await expect(destroyedOf(anchor)).rejects.toMatchObject(closed);
  });
});
