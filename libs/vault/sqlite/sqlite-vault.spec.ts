import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { randomId, setFaultProbe, type EventId, type KeyId, type LedgerId } from '#kernel';
import { openDatabase, openReader, type Database } from '#sqlite-file';

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
import { VAULT_FAULT_POINTS } from '../fault-points.js';
import { openFileAnchor, openFileKeks } from '../file/index.js';
import type { KekStore } from '../kek.js';
import { DEFAULT_ROTATION } from '../rotation.js';
import { openSqliteVault, type SqliteVault, type SqliteVaultOptions } from './index.js';
import { VAULT_FORMAT } from './schema.js';
import { uuidBytes } from './uuid-bytes.js';

/** A vault in a folder of its own, with its KEKs in files beside it. */
class Place {
  readonly data: string;
  readonly file: string;
  readonly ledger = randomId<LedgerId>();
  readonly #opened: { close(): unknown }[] = [];

  private constructor(
    readonly folder: string,
    readonly clock: ManualClock,
    readonly keks: KekStore,
  ) {
    this.data = mkdtempSync(join(folder, 'data-'));
    this.file = join(this.data, 'vault.db');
  }

  static async make(): Promise<Place> {
    const folder = mkdtempSync(join(tmpdir(), 'vault-'));
    const clock = new ManualClock();
    return new Place(folder, clock, await openFileKeks(join(folder, 'keks'), clock));
  }

  async open(options: Partial<SqliteVaultOptions> = {}): Promise<SqliteVault> {
    const { keks, clock } = this;
    const defaults = { keks, clock, rotation: DEFAULT_ROTATION };
    const vault = await openSqliteVault(this.file, { ...defaults, ...options });
    this.#opened.push(vault);
    return vault;
  }

  async claimed(options: Partial<SqliteVaultOptions> = {}): Promise<SqliteVault> {
    const vault = await this.open(options);
    await vault.claim(this.ledger, await this.keks.create(this.ledger));
    return vault;
  }

  async database(): Promise<Database> {
    const db = await openDatabase(this.file, VAULT_FORMAT);
    this.#opened.push({
      close: () => {
        if (db.isOpen) db.close();
      },
    });
    return db;
  }

  /** All bytes of all files in the data folder. */
  bytes(): Buffer {
    return Buffer.concat(readdirSync(this.data).map((name) => readFileSync(join(this.data, name))));
  }

  /** The wrapped bytes of keys, as they lie in the file now. */
  async wrapped(keys: readonly KeyId[]): Promise<Buffer[]> {
    const db = await openReader(this.file, VAULT_FORMAT);
    const select = db.prepare<{ wrapped: Uint8Array }>('SELECT wrapped FROM keys WHERE id = ?');
    const found = keys.map((key) => Buffer.from(select.get(uuidBytes(key))?.wrapped ?? []));
    db.close();
    return found;
  }

  async close(): Promise<void> {
    for (const each of this.#opened.reverse()) await each.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

vaultContract('SQLite', async () => {
  const place = await Place.make();
  const store = await place.claimed();
  return {
    store,
    ledger: place.ledger,
    clock: place.clock,
    other: () => place.open(),
    reopen: async () => {
      await store.close();
      return place.open();
    },
    close: () => place.close(),
  };
});

rotationContract('SQLite', async () => {
  const place = await Place.make();
  const { clock, keks, ledger } = place;
  const other = (own: KekStore = keks) => place.open({ keks: own });
  return { vault: await place.claimed(), clock, keks, ledger, other, close: () => place.close() };
});

copyingContract('SQLite', async () => {
  const place = await Place.make();
  const { clock, keks, ledger } = place;
  const from = await place.claimed();
  const file = join(place.folder, 'other.db');
  const to = await openSqliteVault(file, { keks, clock, rotation: DEFAULT_ROTATION });
  const close = async () => {
    await to.close();
    await place.close();
  };
  return { from, to, clock, ledger, close };
});

let place: Place;
beforeEach(async () => {
  place = await Place.make();
});
afterEach(async () => {
  setFaultProbe(undefined);
  await place.close();
});

const event = () => randomId<EventId>();
const now = () => place.clock.now();

/** Whether the middle of any of these is in the bytes: half a wrapped key is one too many. */
function holdsAny(bytes: Buffer, wrapped: readonly Buffer[]): boolean {
  return wrapped.some(
    (each) => bytes.includes(each.subarray(0, 12)) || bytes.includes(each.subarray(20, 36)),
  );
}

describe('destroying', () => {
  test('takes the wrapped key out of every file, free pages and journals too', async () => {
    const vault = await place.claimed();
    const keys: KeyId[] = [];
    for (let n = 0; n < 40; n++) keys.push((await provisionOne(vault)).ref.key);
    const wrapped = await place.wrapped(keys);
    expect(wrapped.every((each) => each.length === 60 && holdsAny(place.bytes(), [each]))).toBe(
      true,
    );
    await vault.vault.destroy(keys.slice(0, 30), event(), now());
    expect(holdsAny(place.bytes(), wrapped.slice(0, 30))).toBe(false);
    expect(holdsAny(place.bytes(), wrapped.slice(39))).toBe(true);
  });

  test('leaves nothing behind whatever came before: any mix of making, rewrapping, destroying', async () => {
    const step = fc.oneof(
      fc.record({ make: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ destroy: fc.integer({ min: 1, max: 25 }), from: fc.nat() }),
      fc.constant({ rotate: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
        const here = await Place.make();
        try {
          const vault = await here.claimed();
          const alive: KeyId[] = [];
          const gone: Buffer[] = [];
          for (const each of steps) {
            if ('make' in each) {
              const wanted = Array.from({ length: each.make }, () => wantedKey());
              const made = await vault.vault.provision(wanted);
              alive.push(...made.map((key) => live(key).ref.key));
            } else if ('rotate' in each) {
              await vault.rotation.beginRotation();
              await vault.rotation.rewrapBatch(1_000);
            } else {
              const keys = alive.splice(each.from % (alive.length + 1), each.destroy);
              gone.push(...(await here.wrapped(keys)));
              await vault.vault.destroy(keys, event(), here.clock.now());
              expect(holdsAny(here.bytes(), gone)).toBe(false);
            }
          }
        } finally {
          await here.close();
        }
      }),
      { numRuns: 15 },
    );
  });

  test('does not succeed while another connection can still read the old row', async () => {
    const vault = await place.claimed({ checkpointLimitMillis: 30 });
    const { ref } = await provisionOne(vault);
    const wrapped = await place.wrapped([ref.key]);
    const reader = await place.database();
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').get();
    const [by, at] = [event(), now()];
    const refused = expect.objectContaining({ name: 'Outage', reason: 'checkpoint-busy' });
    await expect(vault.vault.destroy([ref.key], by, at)).rejects.toEqual(refused);
    // Again, when its row needs no change any more: it is still not done.
    await expect(vault.vault.destroy([ref.key], by, at)).rejects.toEqual(refused);
    expect(await stateOfKey(vault, ref.key)).toMatchObject({ state: 'destroyed' });
    expect(holdsAny(place.bytes(), wrapped)).toBe(true);
    reader.exec('COMMIT');
    expect(await vault.vault.destroy([ref.key], by, at)).toMatchObject([{ by, at }]);
    expect(holdsAny(place.bytes(), wrapped)).toBe(false);
  });

  test('waits for a reader that goes away in time', async () => {
    const vault = await place.claimed();
    const { ref } = await provisionOne(vault);
    const wrapped = await place.wrapped([ref.key]);
    const reader = await place.database();
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').get();
    setFaultProbe((point) => {
      if (point !== 'vault.destroy.after-commit') return;
      setImmediate(() => {
        reader.exec('COMMIT');
      });
    });
    await vault.vault.destroy([ref.key], event(), now());
    expect(holdsAny(place.bytes(), wrapped)).toBe(false);
  });

  test('reaches its fault points, the row being gone before the first', async () => {
    const vault = await place.claimed();
    const { ref } = await provisionOne(vault);
    const points: string[] = [];
    setFaultProbe((point) => points.push(point));
    await vault.vault.destroy([ref.key], event(), now());
    expect(points).toEqual([
      'vault.before-commit',
      'vault.after-commit',
      'vault.destroy.after-commit',
      'vault.destroy.after-checkpoint',
    ]);
  });

  test('a destroyed secret is in no file either', async () => {
    const vault = await place.claimed();
    await vault.secrets.secret('search');
    const db = await place.database();
    const row = db.prepare<{ wrapped: Uint8Array }>('SELECT wrapped FROM secrets').get();
    db.close();
    const wrapped = Buffer.from(row?.wrapped ?? []);
    expect(holdsAny(place.bytes(), [wrapped])).toBe(true);
    await vault.secrets.destroySecret('search');
    expect(holdsAny(place.bytes(), [wrapped])).toBe(false);
  });
});

describe('group commit', () => {
  test('provisions that arrive together share one fsync', async () => {
    const groups: number[] = [];
    const vault = await place.claimed({ onCommit: (works) => groups.push(works) });
    groups.length = 0;
    await Promise.all(Array.from({ length: 200 }, () => provisionOne(vault)));
    expect(groups.reduce((sum, works) => sum + works, 0)).toBe(200);
    expect(groups.length).toBeLessThan(40);
  });
});

describe('the file', () => {
  test('is for its owner alone, and overwrites what it deletes on every connection', async () => {
    const vault = await place.claimed();
    await provisionOne(vault);
    if (process.platform !== 'win32') {
      for (const name of readdirSync(place.data)) {
        expect(statSync(join(place.data, name)).mode & 0o077).toBe(0);
      }
    }
    const db = await place.database();
    expect(db.prepare<object>('PRAGMA secure_delete').get()).toEqual({ secure_delete: 1 });
    expect(db.prepare<object>('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  test('of the first format is opened, with all that is in it', async () => {
    const [first] = VAULT_FORMAT.migrations;
    if (first === undefined) throw new Error('there is no first format');
    const before = await openDatabase(place.file, { ...VAULT_FORMAT, migrations: [first] });
    before.exec("INSERT INTO notes VALUES ('restore-gate', '0000000000000042')");
    before.close();
    const vault = await place.claimed();
    expect(await vault.notes.note('restore-gate')).toBe('0000000000000042');
    await vault.notes.setNote('restore-gate', '0000000000000043', 1);
    const overtaken = vault.notes.setNote('restore-gate', '0000000000000042', 0);
    await expect(overtaken).rejects.toMatchObject({ name: 'Overtaken' });
    expect(await vault.notes.note('restore-gate')).toBe('0000000000000043');
    await provisionOne(vault);
  });

  test('holds no key in clear', async () => {
    const vault = await place.claimed();
    const { dek } = await provisionOne(vault);
    const secret = await vault.secrets.secret('import');
    const [kek] = await place.keks.list();
    if (kek === undefined) throw new Error('no KEK was made');
    for (const bytes of [dek, secret, await place.keks.get(kek.id)]) {
      expect(place.bytes().includes(bytes)).toBe(false);
    }
  });

  test('without a ledger gives no keys', async () => {
    const vault = await place.open();
    expect(await vault.ledgerId()).toBeUndefined();
    const unclaimed = expect.objectContaining({ code: 'vault-unclaimed' });
    await expect(vault.vault.provision([wantedKey()])).rejects.toEqual(unclaimed);
    await expect(vault.secrets.secret('import')).rejects.toEqual(unclaimed);
  });
});

describe('trouble is never an erasure', () => {
  test('a KEK that is not there is an outage; nothing is made under another', async () => {
    const vault = await place.claimed();
    const { ref } = await provisionOne(vault);
    const restarted = await place.open({
      keks: await openFileKeks(join(place.folder, 'unmounted'), place.clock),
    });
    const outage = expect.objectContaining({ name: 'Outage', part: 'kek', reason: 'enoent' });
    await expect(restarted.vault.unwrap([ref.key])).rejects.toEqual(outage);
    await expect(restarted.vault.provision([wantedKey()])).rejects.toEqual(outage);
    expect(live(await stateOfKey(vault, ref.key)).ref).toEqual(ref);
  });

  test('a wrapped key that was edited, or put under another key id, is refused', async () => {
    const vault = await place.claimed();
    const [one, two] = [await provisionOne(vault), await provisionOne(vault)];
    const [wrapped] = await place.wrapped([one.ref.key]);
    const edited = Buffer.from(wrapped ?? []);
    edited.writeUInt8(edited.readUInt8(20) ^ 1, 20);
    const db = await place.database();
    const put = db.prepare('UPDATE keys SET wrapped = ? WHERE id = ?');
    put.run(edited, uuidBytes(one.ref.key));
    put.run(wrapped ?? edited, uuidBytes(two.ref.key));
    for (const key of [one, two]) {
      await expect(stateOfKey(vault, key.ref.key)).rejects.toMatchObject({
        name: 'IntegrityError',
        code: 'key-refused',
      });
    }
  });

  test('a write waits for its turn where another process writes', async () => {
    const vault = await place.claimed();
    const db = await place.database();
    db.exec('BEGIN IMMEDIATE');
    const waiting = vault.vault.provision([wantedKey()]);
    await new Promise((resolve) => setImmediate(resolve));
    db.exec('ROLLBACK');
    live((await waiting)[0]);
  });

  test('another process that keeps the lock is an outage', async () => {
    const vault = await place.claimed({ busyLimitMillis: 30 });
    const db = await place.database();
    db.exec('BEGIN IMMEDIATE');
    await expect(vault.vault.provision([wantedKey()])).rejects.toMatchObject({
      name: 'Outage',
      part: 'vault',
      reason: 'busy',
    });
    db.exec('ROLLBACK');
    await provisionOne(vault);
  });
});

describe('rotation', () => {
  test('after it an old copy of the vault opens nothing', async () => {
    const vault = await place.claimed();
    const { ref } = await provisionOne(vault);
    const copy = join(place.folder, 'copy.db');
    await vault.backup(copy);
    await vault.rotation.beginRotation();
    await vault.rotation.rewrapBatch(10);
    place.clock.advance(DEFAULT_ROTATION.backupMillis);
    await vault.rotation.retireDue();
    const { keks, clock } = place;
    const old = await openSqliteVault(copy, { keks, clock, rotation: DEFAULT_ROTATION });
    await expect(old.vault.unwrap([ref.key])).rejects.toMatchObject({ name: 'Outage' });
    await old.close();
  });
});

describe('a backup', () => {
  test('has what lives and not what was destroyed before', async () => {
    const vault = await place.claimed();
    const [kept, gone] = [await provisionOne(vault), await provisionOne(vault)];
    const wrapped = await place.wrapped([kept.ref.key, gone.ref.key]);
    await vault.vault.destroy([gone.ref.key], event(), now());
    const copy = join(place.folder, 'copy.db');
    await vault.backup(copy);
    if (process.platform !== 'win32') expect(statSync(copy).mode & 0o077).toBe(0);
    const bytes = readFileSync(copy);
    expect(wrapped.map((each) => holdsAny(bytes, [each]))).toEqual([true, false]);
    const { keks, clock } = place;
    const restored = await openSqliteVault(copy, { keks, clock, rotation: DEFAULT_ROTATION });
    expect(await stateOfKey(restored, kept.ref.key)).toEqual(kept);
    expect(await restored.ledgerId()).toBe(place.ledger);
    await restored.close();
  });
});

test('every fault point of the lib is reached, and no other', async () => {
  const reached = new Set<string>();
  setFaultProbe((point) => reached.add(point));
  const vault = await place.claimed();
  const { ref } = await provisionOne(vault);
  await vault.rotation.beginRotation();
  await vault.rotation.rewrapBatch(10);
  place.clock.advance(DEFAULT_ROTATION.backupMillis);
  await vault.rotation.retireDue();
  const anchor = await openFileAnchor(join(place.folder, 'anchor.log'));
  await anchor.claim(place.ledger);
  await anchor.recordDestroyed([{ key: ref.key, by: event(), at: now() }]);
  await vault.vault.destroy([ref.key], event(), now());
  expect([...reached].sort()).toEqual([...VAULT_FAULT_POINTS].sort());
});

test('a scope is text of any kind', async () => {
  const vault = await place.claimed();
  const wanted = wantedKey({ scope: scope('Käräjät 2025/17 ’ "') });
  const made = await provisionOne(vault, wanted);
  expect(live(await stateOfKey(vault, made.ref.key)).ref.scope).toBe(wanted.scope);
});
