import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { errorCode, randomId, type EventId, type KekId, type LedgerId } from '#kernel';
import { bytesAt, findInFiles, onOwnMongo, serverFolders } from '#mongo-store/testing';

import { live, ManualClock, stateOfKey, wantedKey } from '../contract/index.js';
import { openFileKeks } from '../file/index.js';
import type { KekStore } from '../kek.js';
import type { LiveKey } from '../port.js';
import { DEFAULT_ROTATION } from '../rotation.js';
import { unwrapKey, WRAPPED_BYTES } from '../wrapping.js';
import { openMongoVault, type MongoVault } from './index.js';
import type { KeyRow } from './schema.js';

/** All files of all servers are searched. */
const LIMIT = 120_000;

onOwnMongo(
  'what is left of destroyed keys in the files of MongoDB',
  ({ url, client, fresh, folder }) => {
    const ledger = randomId<LedgerId>();
    const opened: MongoVault[] = [];
    let secrets: string;
    let clock: ManualClock;
    let keks: KekStore;
    let servers: readonly string[];

    beforeEach(async () => {
      secrets = mkdtempSync(join(tmpdir(), 'remains-'));
      clock = new ManualClock();
      keks = await openFileKeks(join(secrets, 'keks'), clock);
      servers = await serverFolders(folder);
    });
    afterEach(async () => {
      for (const vault of opened.splice(0)) await vault.close();
      rmSync(secrets, { recursive: true, force: true });
    });

    const open = async (database: string) => {
      const options = { keks, clock, time: clock, rotation: DEFAULT_ROTATION, database };
      const vault = await openMongoVault(url, options);
      opened.push(vault);
      return vault;
    };
    const rowsOf = (database: string) => client.db(database).collection<KeyRow>('keys');
    const wrappedOf = async (database: string, { ref }: LiveKey) => {
      const row = await rowsOf(database).findOne({ key: ref.key });
      return Buffer.from(row?.wrapped?.buffer ?? []);
    };
    /** A backup, which lies elsewhere than on these servers; gives what puts it back on them. */
    const backUp = async (database: string) => {
      const copied = await Promise.all(
        ['meta', 'keys'].map(async (name) => ({
          name,
          rows: await client.db(database).collection(name).find().toArray(),
        })),
      );
      return async () => {
        const restored = fresh();
        for (const { name, rows } of copied) {
          await client.db(restored).collection(name).insertMany(rows);
        }
        return restored;
      };
    };
    /** Resolves when what was written until now is on the disks of all servers. */
    const onAllDisks = async () => {
      const writeConcern = { w: servers.length, j: true };
      await client.db('admin').command({ appendOplogNote: 1, data: {}, writeConcern });
    };
    /** What each KEK that can be had makes of wrapped keys, said to be under one of these. */
    const openedWithAll = async (wrapped: Buffer, { ref }: LiveKey, under: readonly KekId[]) => {
      const results: unknown[] = [];
      for (const { id } of await keks.list()) {
        const bytes = await keks.get(id);
        for (const kek of under) {
          try {
            results.push(unwrapKey(bytes, { ledger, key: ref.key, kek }, wrapped));
          } catch (error) {
            results.push(errorCode(error));
          }
        }
      }
      return results;
    };
    /** The wrapped keys in the files of each server, as they lie there; those that are found. */
    const remainsOf = (wrapped: readonly Buffer[]) =>
      Promise.all(
        servers.map(async (server) => {
          const places = await findInFiles(server, wrapped);
          return Promise.all(
            places.map(async (place) => {
              return place === undefined ? undefined : bytesAt(place, WRAPPED_BYTES);
            }),
          );
        }),
      );

    test(
      'opens with nothing, here and in a copy, once the KEK is gone',
      async () => {
        const database = fresh();
        const vault = await open(database);
        const old = await keks.create(ledger);
        await vault.claim(ledger, old);
        const keys = (await vault.vault.provision([wantedKey(), wantedKey(), wantedKey()])).map(
          live,
        );
        const wrapped = await Promise.all(keys.map((key) => wrappedOf(database, key)));
        const putBack = await backUp(database);
        const clear = [...keys.map(({ dek }) => dek), await keks.get(old)];
        const [kept, ...gone] = keys;
        for (const { ref } of gone) {
          const by = randomId<EventId>();
          await vault.vault.fence(ref.subject, [ref], by);
          await vault.vault.destroy([ref.key], by, clock.now());
        }
        expect(await Promise.all(gone.map((key) => wrappedOf(database, key)))).toEqual(
          gone.map(() => Buffer.alloc(0)),
        );
        await onAllDisks();

        // No query gives them, the files of every server do; and as long as there is the KEK, they open.
        expect(servers).toHaveLength(3);
        for (const remains of await remainsOf(wrapped)) {
          expect(remains).toEqual(wrapped);
          for (const [n, key] of keys.entries()) {
            const bytes = remains[n] ?? Buffer.alloc(0);
            expect(await openedWithAll(bytes, key, [old])).toEqual([key.dek]);
          }
        }

        const next = await vault.rotation.beginRotation();
        expect(await vault.rotation.rewrapBatch(10)).toEqual({ rewrapped: 1, remaining: 0 });
        clock.advance(DEFAULT_ROTATION.backupMillis);
        expect(await vault.rotation.retireDue()).toMatchObject([{ id: old }]);
        await onAllDisks();

        // Some are there still, and nothing opens them: not this vault, not a copy, not who has the bytes.
        for (const remains of await remainsOf(wrapped)) {
          expect(remains.some((bytes) => bytes !== undefined)).toBe(true);
          for (const [n, key] of keys.entries()) {
            const bytes = remains[n];
            if (bytes === undefined) continue;
            const refused = ['key-refused', 'key-refused'];
            expect(await openedWithAll(bytes, key, [old, next])).toEqual(refused);
          }
        }
        for (const { ref } of gone) {
          expect(await stateOfKey(vault, ref.key)).toMatchObject({ state: 'destroyed' });
        }
        const restored = await open(await putBack());
        for (const { ref } of keys) {
          const noKek = { name: 'Outage', part: 'kek' };
          await expect(stateOfKey(restored, ref.key)).rejects.toMatchObject(noKek);
        }
        expect((await findInFiles(secrets, clear)).filter((found) => found !== undefined)).toEqual(
          [],
        );
        // Who lives does so under the new KEK; and no key was ever in clear.
        expect(await stateOfKey(vault, kept?.ref.key ?? randomId())).toEqual(kept);
        for (const server of servers) {
          expect(await findInFiles(server, clear)).toEqual(clear.map(() => undefined));
        }
      },
      LIMIT,
    );
  },
);
