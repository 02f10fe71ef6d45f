import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Binary } from 'mongodb';

import { randomId, type LedgerId } from '#kernel';
import { openMongoStore } from '#mongo-store';
import { onMongo } from '#mongo-store/testing';

import { expectTree, extensionOf, leafAt, tileAt } from '../contract/index.js';
import { openMongoTree, type MongoTree } from './index.js';
import type { LeafRow, TileRow } from './schema.js';
import { TreeDocument } from './tree-document.js';
import { TreeRows } from './tree-rows.js';

onMongo('the tree on MongoDB', ({ url, client, fresh }) => {
  let database: string;
  let tree: MongoTree;
  const opened: { close(): Promise<void> }[] = [];
  const open = async () => {
    const made = await openMongoTree(url, { database });
    opened.push(made);
    return made;
  };
  const leaves = () => client.db(database).collection<LeafRow>('leaves_1');
  const tiles = () => client.db(database).collection<TileRow>('tiles_1');
  const collections = async () =>
    (await client.db(database).listCollections({}, { nameOnly: true }).toArray())
      .map(({ name }) => name)
      .sort();

  beforeEach(async () => {
    database = fresh();
    tree = await open();
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** The parts of a tree, of a process whose steps are taken one by one. */
  const inSteps = async () => {
    const store = await openMongoStore('evidence', url, { database });
    opened.push(store);
    return { document: new TreeDocument(store), rows: new TreeRows(store) };
  };

  test('keeps a document for each leaf and each tile, and one that says how far it is', async () => {
    const ledger = randomId<LedgerId>();
    await tree.claim(ledger);
    await tree.extend(extensionOf(0, 257), 4);
    await tree.setCheckpoint('note', 5);
    expect(await collections()).toEqual(['leaves_1', 'meta', 'tiles_1', 'tree']);
    const [leaf] = await leaves().find({ _id: 256 }).toArray();
    expect(leaf).toEqual({ _id: 256, ...leafAt(256), turn: 1 });
    const stored = await tiles().find().sort({ _id: 1 }).toArray();
    expect(stored.map(({ _id, turn }) => [_id, turn])).toEqual([
      ['0/0', 1],
      ['0/1', 1],
      ['1/0', 1],
    ]);
    expect(Buffer.from(stored[1]?.hashes.buffer ?? [])).toEqual(
      tileAt(257, { level: 0, index: 1 }).hashes,
    );
    expect(await client.db(database).collection('tree').findOne({})).toEqual({
      _id: 'tree',
      epoch: 5,
      turn: 1,
      generation: 1,
      size: 257,
      position: leafAt(256).position,
      doubted: false,
      checkpoint: 'note',
    });
    const meta = await client.db(database).collection('meta').findOne({});
    expect(meta).toEqual({ _id: 'evidence', format: 1, ledger });
    expect(Object.keys(await leaves().indexInformation())).toEqual(['_id_', 'id_1']);
  });

  test('what lies beyond its size is not there, whoever has written it', async () => {
    await tree.extend(extensionOf(0, 250), 1);
    const beyond = extensionOf(250, 300, 'b');
    await leaves().insertMany(
      beyond.leaves.map((leaf, at) => ({ _id: 250 + at, ...leaf, turn: 1 })),
    );
    for (const { level, index } of beyond.tiles) {
      // A tile is filled from the left: what it had before stays as it is.
      const hashes = new Binary(tileAt(550, { level, index }, index === 0 ? 'a' : 'b').hashes);
      const _id = `${String(level)}/${String(index)}`;
      await tiles().replaceOne({ _id }, { hashes, turn: 1 }, { upsert: true });
    }
    await expectTree(tree, 250);
    expect(await tree.indexOf([leafAt(250, 'b').id])).toEqual(new Map());
    await tree.extend(extensionOf(250, 20), 1);
    await expectTree(tree, 270);
    await tree.extend(extensionOf(270, 500), 1);
    await expectTree(tree, 770);
  });

  test('an extension that was overtaken comes to no end, and its rows replace none, however late', async () => {
    const { document, rows } = await inSteps();
    await tree.extend(extensionOf(0, 10), 1);
    const late = extensionOf(10, 600, 'b');
    const begun = await document.begin(1);
    await rows.write(begun, late);
    const later = extensionOf(10, 400);
    const second = await document.begin(1);
    expect(await document.end(begun, late)).toBe(false);
    await rows.write(second, later);
    await rows.write(begun, late);
    expect(await document.end(begun, late)).toBe(false);
    expect(await document.end(second, later)).toBe(true);
    await expectTree(tree, 410);
    await rows.write(begun, late);
    await expectTree(tree, 410);
    await tree.extend(extensionOf(410, 300), 1);
    await rows.write(begun, late);
    await expectTree(tree, 710);
  });

  test('an extension that was begun before the tree was begun anew comes to no end', async () => {
    const { document, rows } = await inSteps();
    const early = extensionOf(0, 300, 'b');
    const begun = await document.begin(1);
    await tree.renew(1);
    await rows.write(begun, early);
    expect(await document.end(begun, early)).toBe(false);
    await tree.extend(extensionOf(0, 20), 1);
    await rows.write(begun, early);
    await expectTree(tree, 20);
    expect(await collections()).toContain('leaves_1');
    await tree.renew(1);
    expect(await collections()).toEqual(['tree']);
  });

  test('a tree that is begun anew has collections of its own, and those before are dropped', async () => {
    await tree.extend(extensionOf(0, 300), 1);
    await tree.renew(2);
    expect(await collections()).toEqual(['tree']);
    await tree.extend(extensionOf(0, 300, 'b'), 2);
    expect(await collections()).toEqual(['leaves_2', 'tiles_2', 'tree']);
  });

  test('a tile that is no bytes any more is given as one', async () => {
    await tree.extend(extensionOf(0, 300), 1);
    await tiles().updateOne({ _id: '0/0' }, { $set: { hashes: 'x' as unknown as Binary } });
    const found = await tree.tiles([
      { level: 0, index: 0 },
      { level: 0, index: 1 },
    ]);
    expect(found).toEqual([Buffer.alloc(0), tileAt(300, { level: 0, index: 1 }).hashes]);
  });

  test('of a newer version is refused', async () => {
    await tree.claim(randomId());
    await client
      .db(database)
      .collection('meta')
      .updateOne({}, { $set: { format: 2 } });
    await expect(open()).rejects.toMatchObject({ code: 'format-newer' });
  });

  test('that is not there is an outage, and a URL that is none names its variable', async () => {
    const nowhere = { database, selectionMillis: 200, variable: 'EVIDENCE_URL' };
    const away = openMongoTree('mongodb://127.0.0.1:1/?replicaSet=rs0', nowhere);
    await expect(away).rejects.toMatchObject({ name: 'Outage', part: 'evidence' });
    const none = openMongoTree('postgres://x', nowhere);
    await expect(none).rejects.toMatchObject({ name: 'InvalidInput', field: 'EVIDENCE_URL' });
  });
});
