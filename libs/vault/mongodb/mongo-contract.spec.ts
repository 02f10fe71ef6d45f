import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { randomId, type LedgerId } from '#kernel';
import { onMongo } from '#mongo-store/testing';

import { ManualClock, vaultContract } from '../contract/index.js';
import { openFileKeks } from '../file/index.js';
import { DEFAULT_ROTATION } from '../rotation.js';
import { openMongoVault, type MongoVault } from './index.js';

onMongo('mongodb', ({ url, fresh }) => {
  vaultContract('mongodb', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vault-'));
    const clock = new ManualClock();
    const ledger = randomId<LedgerId>();
    const keks = await openFileKeks(join(folder, 'keks'), clock);
    const database = fresh();
    const opened: MongoVault[] = [];
    const open = async () => {
      const options = { keks, clock, time: clock, rotation: DEFAULT_ROTATION, database };
      const vault = await openMongoVault(url, options);
      opened.push(vault);
      return vault;
    };
    const store = await open();
    await store.claim(ledger, await keks.create(ledger));
    return {
      store,
      ledger,
      clock,
      other: open,
      reopen: async () => {
        await store.close();
        return open();
      },
      close: async () => {
        for (const vault of opened) await vault.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  });
});
