import { faultPoint, instantOf, millisOf, plusMillis, type Instant, type KekId } from '#kernel';
import type { Statement } from '#sqlite-file';

import type { KekEntry, KekStore } from '../kek.js';
import {
  isOverdue,
  type KekRotation,
  type KekStatus,
  type RetiredKek,
  type RewrapProgress,
  type RotationSettings,
} from '../rotation.js';
import { underCurrentKek, type Engine } from './engine.js';
import { reading } from './reading.js';
import { Rewrapping } from './rewrapping.js';
import { uuidBytes, uuidOf } from './uuid-bytes.js';

interface KekRow {
  readonly number: number;
  readonly id: Uint8Array;
  readonly state: 'current' | 'retiring' | 'retired';
  readonly created_at: number;
  readonly rotated_at: number | null;
  readonly due_at: number | null;
  readonly retired_at: number | null;
}

const LIVE = `
  (SELECT count(*) FROM keys WHERE wrapped IS NOT NULL AND kek = ?1)
  + (SELECT count(*) FROM secrets WHERE kek = ?1)`;

/** KEK epochs in the vault's SQLite file. */
export class SqliteRotation implements KekRotation {
  readonly #rows: Statement<KekRow>;
  readonly #live: Statement<{ readonly live: number }>;
  readonly #liveInTransaction: Statement<{ readonly live: number }>;
  readonly #current: Statement<KekRow>;
  readonly #rotate: Statement<never>;
  readonly #name: Statement<never>;
  readonly #retire: Statement<never>;
  readonly #rewrapping: Rewrapping;

  constructor(
    private readonly engine: Engine,
    private readonly store: KekStore,
    private readonly settings: RotationSettings,
  ) {
    const { writer, reader } = engine;
    this.#rows = reader.prepare('SELECT * FROM keks ORDER BY number');
    this.#live = reader.prepare(`SELECT ${LIVE} AS live`);
    this.#liveInTransaction = writer.prepare(`SELECT ${LIVE} AS live`);
    this.#current = writer.prepare("SELECT * FROM keks WHERE state = 'current'");
    this.#rotate = writer.prepare(
      "UPDATE keks SET state = 'retiring', rotated_at = ?, due_at = ? WHERE state = 'current'",
    );
    this.#name = writer.prepare(
      "INSERT INTO keks (id, state, created_at) VALUES (?, 'current', ?) ON CONFLICT DO NOTHING",
    );
    this.#retire = writer.prepare(
      "UPDATE keks SET state = 'retired', retired_at = ? WHERE number = ? AND state = 'retiring'",
    );
    this.#rewrapping = new Rewrapping(engine);
  }

  /** Names the first KEK, inside a transaction, where none is named yet. */
  nameFirst(id: KekId): void {
    if (this.#current.get() === undefined) {
      this.#name.run(uuidBytes(id), millisOf(this.engine.clock.now()));
    }
  }

  async beginRotation(): Promise<KekId> {
    this.engine.keks.forgetCurrent();
    const before = await this.engine.keks.current();
    const made = await this.store.create(this.engine.ledger.get());
    faultPoint('rotation.after-kek-made');
    const now = this.engine.clock.now();
    const named = await this.engine.commit.run(() => {
      if (this.#current.get()?.number !== before.number) return false;
      const due = plusMillis(now, this.settings.backupMillis);
      this.#rotate.run(millisOf(now), millisOf(due));
      this.#name.run(uuidBytes(made), millisOf(now));
      return true;
    });
    faultPoint('rotation.after-named');
    this.engine.keks.forgetCurrent();
    if (named) return made;
    // Another process was faster, and nothing was ever wrapped under this one.
    await this.store.destroy(made);
    return (await this.engine.keks.current()).id;
  }

  async rewrapBatch(limit: number): Promise<RewrapProgress> {
    const rewrapped = await underCurrentKek(this.engine.keks, () => this.#rewrapping.batch(limit));
    faultPoint('rotation.after-rewrap-batch');
    const old = this.#all().filter((row) => row.state !== 'current');
    return { rewrapped, remaining: old.reduce((sum, row) => sum + this.#liveUnder(row), 0) };
  }

  async retireDue(): Promise<readonly RetiredKek[]> {
    const retired: RetiredKek[] = [];
    for (const row of this.#all()) {
      const now = this.engine.clock.now();
      if (row.state !== 'retiring' || row.due_at === null || row.due_at > millisOf(now)) continue;
      if (await this.#retireOne(row, now)) {
        retired.push({ id: uuidOf(row.id), dueAt: instantOf(row.due_at), retiredAt: now });
      }
    }
    return retired;
  }

  async kekStatus(): Promise<readonly KekStatus[]> {
    this.engine.keks.dropRetired();
    const now = this.engine.clock.now();
    const rows = this.#all();
    const named = new Set(rows.map((row) => uuidOf<KekId>(row.id)));
    const unnamed = (await this.store.list()).filter((entry) => !named.has(entry.id));
    return [...rows.map((row) => this.#statusOf(row, now)), ...unnamed.map(unnamedStatus)];
  }

  /**
   * The KEK goes before its row says so: a crash in between repeats a destruction that was done,
   * where the other order would leave a KEK that is believed gone. Nothing can come under it any
   * more, since only the current one is wrapped under.
   */
  async #retireOne(row: KekRow, now: Instant): Promise<boolean> {
    const empty = await this.engine.commit.run(
      () => this.#liveInTransaction.get(row.number)?.live === 0,
    );
    if (!empty) return false;
    faultPoint('rotation.before-kek-destroyed');
    await this.store.destroy(uuidOf(row.id));
    faultPoint('rotation.after-kek-destroyed');
    const { changes } = await this.engine.commit.run(() =>
      this.#retire.run(millisOf(now), row.number),
    );
    faultPoint('rotation.after-retired');
    this.engine.keks.dropRetired();
    return changes === 1;
  }

  #all(): KekRow[] {
    return reading(() => this.#rows.all());
  }

  #liveUnder(row: KekRow): number {
    return reading(() => this.#live.get(row.number)?.live ?? 0);
  }

  #statusOf(row: KekRow, now: Instant): KekStatus {
    const status = {
      id: uuidOf<KekId>(row.id),
      state: row.state,
      createdAt: instantOf(row.created_at),
      ...(row.rotated_at === null ? {} : { rotatedAt: instantOf(row.rotated_at) }),
      ...(row.due_at === null ? {} : { dueAt: instantOf(row.due_at) }),
      ...(row.retired_at === null ? {} : { retiredAt: instantOf(row.retired_at) }),
      liveRows: this.#liveUnder(row),
    };
    return { ...status, overdue: isOverdue(status, now, this.settings) };
  }
}

function unnamedStatus({ id, createdAt }: KekEntry): KekStatus {
  return { id, state: 'unnamed', createdAt, liveRows: 0, overdue: false };
}
