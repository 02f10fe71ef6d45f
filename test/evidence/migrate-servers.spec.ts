import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { onMongo } from '#mongo-store/testing';

import { openLedger } from '../../apps/composition/index.js';
import { bytesOnServers, makeFolder, removeFolder } from '../engines/places.js';
import { settingsOf } from '../faults/support/folder.js';
import { expectArrived, headAt, moved, prepareLeaving, thereOf } from './support/moving.js';

const LIMIT = 180_000;

onMongo('a ledger that moves to EventStoreDB and MongoDB, and back', () => {
  let folders: string[];
  beforeEach(() => {
    folders = [];
  });
  afterEach(async () => {
    for (const folder of folders) await removeFolder(folder);
  });

  async function newFolder(eventStoreDb: boolean, mongoDb: boolean): Promise<string> {
    const folder = await makeFolder('move', { eventStoreDb, mongoDb });
    folders.push(folder);
    return folder;
  }

  it(
    'has the same root, and its vault and anchor are whole at each place',
    async () => {
      const here = await newFolder(false, false);
      const left = await prepareLeaving(here);
      const first = await headAt(settingsOf(here));
      const server = await newFolder(true, true);
      const onServers = thereOf(server, here);
      expect((await moved(settingsOf(here), onServers)).head).toEqual(first);
      const stored = [...(await bytesOnServers(server)).keys()];
      expect(stored).toEqual(expect.arrayContaining(['vault/keys', 'anchor/heads']));
      await expectArrived(onServers, left);
      const second = await headAt(onServers);
      const back = thereOf(await newFolder(false, false), here);
      expect((await moved(onServers, back)).head).toEqual(second);
      await expectArrived(back, left);
      await expect(openLedger({ settings: onServers, what: 'test' })).rejects.toMatchObject({
        code: 'ledger-moved',
      });
    },
    LIMIT,
  );

  it(
    'moves its vault alone, from one database to another, while the log stays',
    async () => {
      const here = await newFolder(false, true);
      const left = await prepareLeaving(here);
      const first = await headAt(settingsOf(here));
      const other = settingsOf(await newFolder(false, true));
      const to = { ...settingsOf(here), vaultUrl: other.vaultUrl };
      expect((await moved(settingsOf(here), to)).head).toEqual(first);
      await expectArrived(to, left);
      await expect(openLedger({ settings: settingsOf(here), what: 'test' })).rejects.toMatchObject({
        code: 'ledger-moved',
      });
    },
    LIMIT,
  );
});
