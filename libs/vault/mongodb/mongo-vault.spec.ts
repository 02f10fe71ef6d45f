import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Binary, Timestamp } from 'mongodb';

import {
  randomId,
  setFaultProbe,
  systemClock,
  type EventId,
  type KeyId,
  type LedgerId,
} from '#kernel';
import { onMongo, type TestDatabases } from '#mongo-store/testing';

import {
  copyingContract,
  live,
  ManualClock,
  provisionOne,
  rotationContract,
  scope,
  stateOfKey,
  vaultContract,
  wantedKey,
} from '../contract/index.js';
import { openFileKeks } from '../file/index.js';
import type { KekStore } from '../kek.js';
import { DEFAULT_ROTATION } from '../rotation.js';
import { openMongoVault, type MongoVault, type MongoVaultOptions } from './index.js';
import type { KeyRow } from './schema.js';

const event = () => randomId<EventId>();

/** A query as MongoDB's profiler has it. */
interface Asked {
  readonly op: string;
  readonly command: {
    readonly find: string;
    readonly readConcern: { readonly level: string; readonly afterClusterTime?: Timestamp };
  };
}

/** A vault in a database of its own, with its KEKs in files. */
class Place {
  readonly ledger = randomId<LedgerId>();
  readonly #opened: MongoVault[] = [];

  private constructor(
    readonly on: TestDatabases,
    readonly database: string,
    readonly folder: string,
    readonly clock: ManualClock,
    readonly keks: KekStore,
  ) {}

  static async make(on: TestDatabases): Promise<Place> {
    const folder = mkdtempSync(join(tmpdir(), 'vault-'));
    const clock = new ManualClock();
    return new Place(
      on,
      on.fresh(),
      folder,
      clock,
      await openFileKeks(join(folder, 'keks'), clock),
    );
  }

  async open(options: Partial<MongoVaultOptions> = { time: this.clock }): Promise<MongoVault> {
    const { keks, clock, database } = this;
    const defaults = { keks, clock, rotation: DEFAULT_ROTATION, database };
    const vault = await openMongoVault(this.on.url, { ...defaults, ...options });
    this.#opened.push(vault);
    return vault;
  }

  async claimed(options?: Partial<MongoVaultOptions>): Promise<MongoVault> {
    const vault = await this.open(options);
    await vault.claim(this.ledger, await this.keks.create(this.ledger));
    return vault;
  }

  async rowOf(key: KeyId): Promise<KeyRow | null> {
    return this.on.client.db(this.database).collection<KeyRow>('keys').findOne({ key });
  }

  async close(): Promise<void> {
    for (const vault of this.#opened) await vault.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

onMongo('the vault on MongoDB', (on) => {
  vaultContract('MongoDB', async () => {
    const place = await Place.make(on);
    const store = await place.claimed();
    const reopen = async () => {
      await store.close();
      return place.open();
    };
    const { ledger, clock } = place;
    return { store, ledger, clock, other: () => place.open(), reopen, close: () => place.close() };
  });

  rotationContract('MongoDB', async () => {
    const place = await Place.make(on);
    const { clock, keks, ledger } = place;
    const other = (own: KekStore = keks) => place.open({ keks: own });
    return { vault: await place.claimed(), clock, keks, ledger, other, close: () => place.close() };
  });

  copyingContract('MongoDB', async () => {
    const place = await Place.make(on);
    const { clock, ledger } = place;
    const from = await place.claimed();
    const to = await place.open({ database: on.fresh(), time: clock });
    return { from, to, clock, ledger, close: () => place.close() };
  });

  let place: Place;
  beforeEach(async () => {
    place = await Place.make(on);
  });
  afterEach(async () => {
    setFaultProbe(undefined);
    await place.close();
  });

  describe('a key', () => {
    test('that was destroyed has no wrapped key, and no KEK, in its row', async () => {
      const vault = await place.claimed();
      const { ref } = await provisionOne(vault);
      expect((await place.rowOf(ref.key))?.wrapped?.length()).toBe(60);
      await vault.vault.destroy([ref.key], event(), place.clock.now());
      const row = await place.rowOf(ref.key);
      expect(Object.keys(row ?? {}).sort()).toEqual(
        '_id createdAt destroyedAt event fingerprint grave key state'.split(' '),
      );
    });

    test('has a scope that is text of any kind', async () => {
      const vault = await place.claimed();
      const wanted = wantedKey({ scope: scope('Käräjät: 2025/17 ’ "\n$x.y') });
      const made = await provisionOne(vault, wanted);
      expect(live(await stateOfKey(vault, made.ref.key)).ref).toEqual(made.ref);
      expect((await vault.vault.status(wanted.subject)).map(({ ref }) => ref)).toEqual([made.ref]);
    });

    test('is not had where its row was swapped with another, and that is no erasure', async () => {
      const vault = await place.claimed();
      const [a, b] = [await provisionOne(vault), await provisionOne(vault)];
      const other = await place.rowOf(b.ref.key);
      const keys = on.client.db(place.database).collection<KeyRow>('keys');
      await keys.updateOne(
        { key: a.ref.key },
        { $set: { wrapped: other?.wrapped ?? new Binary() } },
      );
      await expect(vault.vault.unwrap([a.ref.key])).rejects.toMatchObject({ code: 'key-refused' });
    });

    test('is under the KEK that is named when it is acknowledged', async () => {
      const vault = await place.claimed();
      const second = await place.open();
      await provisionOne(second);
      setFaultProbe((point) => {
        if (point === 'vault.after-commit') throw new Error('only the row is written');
      });
      const wanted = wantedKey();
      await expect(provisionOne(second, wanted)).rejects.toThrow('only the row');
      setFaultProbe(undefined);
      // Another process names a KEK, rewraps and is done; this one has not heard of it.
      const named = await vault.rotation.beginRotation();
      expect(await vault.rotation.rewrapBatch(10)).toEqual({ rewrapped: 2, remaining: 0 });
      const made = await provisionOne(second, wanted);
      const later = await provisionOne(second);
      expect((await place.rowOf(made.ref.key))?.kek).toBe(named);
      expect((await place.rowOf(later.ref.key))?.kek).toBe(named);
      expect(await stateOfKey(vault, later.ref.key)).toEqual(later);
    });
  });

  test('keys are asked for after a moment that is told once in staleMillis', async () => {
    const vault = await place.claimed();
    const { ref } = await provisionOne(vault);
    const db = on.client.db(place.database);
    await db.command({ profile: 2 });
    const from = performance.now();
    for (let n = 0; n < 30; n++) live(await stateOfKey(vault, ref.key));
    const took = performance.now() - from;
    await db.command({ profile: 0 });
    const asked = await db.collection<Asked>('system.profile').find({ op: 'query' }).toArray();
    const concerns = (of: string) =>
      asked.flatMap(({ command }) => (command.find === of ? [command.readConcern] : []));
    expect(concerns('keys')).toHaveLength(30);
    for (const concern of concerns('keys')) {
      expect(concern).toEqual({ level: 'majority', afterClusterTime: expect.any(Timestamp) });
    }
    const told = concerns('meta').filter(({ level }) => level === 'linearizable');
    expect(told.length).toBeLessThanOrEqual(took / vault.staleMillis + 1);
  });

  test('keys destroyed at once by many have one order, without gaps', async () => {
    const vault = await place.claimed();
    const second = await place.open();
    const made = (await vault.vault.provision(Array.from({ length: 12 }, () => wantedKey()))).map(
      live,
    );
    await Promise.all(
      made.map(({ ref }, at) =>
        (at % 2 === 0 ? vault : second).vault.destroy([ref.key], event(), place.clock.now()),
      ),
    );
    const rows = await Promise.all(made.map(({ ref }) => place.rowOf(ref.key)));
    const graves = rows.map((row) => row?.grave ?? 0).sort((a, b) => a - b);
    expect(graves).toEqual(made.map((_, at) => at + 1));
    expect((await vault.vault.tombstones('', 100)).keys).toHaveLength(12);
  });

  test('leases go by the time of the server, whatever the clocks of processes say', async () => {
    const [vault, other] = [await place.claimed({}), await place.open({})];
    place.clock.advance(-365 * 24 * 60 * 60 * 1_000);
    const held = await vault.leases.acquire('timers', 'a', 600_000);
    expect(held).toMatchObject({ epoch: 1, holder: 'a' });
    expect(Math.abs(Date.parse(held?.expiresAt ?? '') - Date.now() - 600_000)).toBeLessThan(60_000);
    expect(await other.leases.acquire('timers', 'b', 600_000)).toBeUndefined();
    await vault.leases.release('timers', 'a');
    expect(await other.leases.acquire('timers', 'b', 1)).toMatchObject({ epoch: 2, holder: 'b' });
    // Its end comes by itself.
    let taken = await vault.leases.acquire('timers', 'a', 600_000);
    while (taken === undefined) taken = await vault.leases.acquire('timers', 'a', 600_000);
    expect(taken).toMatchObject({ epoch: 3, holder: 'a' });
    await vault.presence.beat('a', 'server', 600_000);
    expect(await other.presence.others('b')).toMatchObject([{ process: 'a', what: 'server' }]);
  });

  test('a vault of a newer version is refused', async () => {
    await place.claimed();
    const meta = on.client.db(place.database).collection('meta');
    await meta.updateOne({}, { $set: { format: 2 } });
    await expect(place.open()).rejects.toMatchObject({ code: 'format-newer' });
  });

  test('a vault that is not there, or closed, is an outage; its password is in no error', async () => {
    const nowhere = 'mongodb://ledger:hunter2@127.0.0.1:1/?replicaSet=rs0';
    const options = { keks: place.keks, clock: systemClock, rotation: DEFAULT_ROTATION };
    for (const url of [nowhere, 'mongodb://ledger:hunter2@h:x:y/', 'hunter2']) {
      const named = { selectionMillis: 200, variable: 'VAULT_URL', database: 'test' };
      const opening = openMongoVault(url, { ...options, ...named });
      const error: unknown = await opening.catch((thrown: unknown) => thrown);
      const problem = { name: 'InvalidInput', field: 'VAULT_URL', rule: 'connection-string' };
      expect(error).toMatchObject(url === nowhere ? { name: 'Outage', part: 'vault' } : problem);
      expect(JSON.stringify([error, String(error), (error as Error).stack])).not.toContain(
        'hunter2',
      );
    }
    const vault = await place.claimed();
    await vault.close();
    await expect(vault.vault.unwrap([randomId()])).rejects.toMatchObject({ reason: 'closed' });
  });
});
