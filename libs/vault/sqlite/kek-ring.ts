import { IntegrityError, type KekId } from '#kernel';
import type { Database, Statement } from '#sqlite-file';

import type { KekStore } from '../kek.js';
import { reading } from './reading.js';
import { uuidOf } from './uuid-bytes.js';

/** A KEK as rows name it, by number. */
export interface NumberedKek {
  readonly number: number;
  readonly id: KekId;
}

interface Row {
  readonly number: number;
  readonly id: Uint8Array;
}

/** The KEKs that this process has in memory: those that the vault wraps under, none that is retired. */
export class KekRing {
  readonly #held = new Map<number, NumberedKek & { readonly key: Buffer }>();
  #named: NumberedKek | undefined;
  readonly #current: Statement<Row>;
  readonly #byNumber: Statement<Row>;
  readonly #retired: Statement<{ readonly number: number }>;

  /** @param db a connection to read on */
  constructor(
    db: Database,
    private readonly store: KekStore,
  ) {
    this.#current = db.prepare("SELECT number, id FROM keks WHERE state = 'current'");
    this.#byNumber = db.prepare('SELECT number, id FROM keks WHERE number = ?');
    this.#retired = db.prepare("SELECT number FROM keks WHERE state = 'retired'");
  }

  /**
   * The KEK that the vault names current, or named when this process last looked: who wraps under it
   * makes sure inside the transaction. Loaded.
   * @throws IntegrityError `vault-unclaimed` where it names none yet
   */
  async current(): Promise<NumberedKek> {
    this.#named ??= this.#look();
    const named = this.#named;
    if (!this.#held.has(named.number)) await this.load([named.number]);
    return named;
  }

  /** Has the next one look anew which KEK is current. */
  forgetCurrent(): void {
    this.#named = undefined;
  }

  /** Has these KEKs in memory when it resolves. */
  async load(numbers: Iterable<number>): Promise<void> {
    for (const number of numbers) {
      if (this.#held.has(number)) continue;
      const id = this.#idOf(number);
      const key = await this.store.get(id);
      if (this.#held.has(number)) key.fill(0);
      else this.#held.set(number, { number, id, key });
    }
  }

  /** A KEK that was loaded, and its bytes: to be used at once, not kept. */
  held(number: number): NumberedKek & { readonly key: Buffer } {
    const held = this.#held.get(number);
    if (held === undefined) throw new IntegrityError('kek-unknown', 'a KEK is used after its end');
    return held;
  }

  /** Zeroes the KEKs that have retired meanwhile, by whatever process. */
  dropRetired(): void {
    this.forgetCurrent();
    for (const { number } of reading(() => this.#retired.all())) this.#drop(number);
  }

  clear(): void {
    for (const number of [...this.#held.keys()]) this.#drop(number);
  }

  #look(): NumberedKek {
    const row = reading(() => this.#current.get());
    if (row === undefined) throw new IntegrityError('vault-unclaimed', 'the vault has no KEK yet');
    return { number: row.number, id: uuidOf(row.id) };
  }

  #drop(number: number): void {
    this.#held.get(number)?.key.fill(0);
    this.#held.delete(number);
  }

  #idOf(number: number): KekId {
    const row = reading(() => this.#byNumber.get(number));
    if (row === undefined) throw new IntegrityError('kek-unknown', 'a row names no KEK');
    return uuidOf(row.id);
  }
}
