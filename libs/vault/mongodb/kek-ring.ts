import { IntegrityError, type KekId } from '#kernel';
import { LINEARIZABLE, META, type MongoStore } from '#mongo-store';

import type { KekStore } from '../kek.js';
import { unclaimed, type VaultMeta } from './schema.js';

/** The KEKs that this process has in memory: those that the vault wraps under, none that is retired. */
export class KekRing {
  readonly #held = new Map<KekId, Buffer>();
  #named: KekId | undefined;

  constructor(
    private readonly db: MongoStore,
    private readonly store: KekStore,
  ) {}

  /**
   * The KEK that the vault names current, or named when this process last looked: who wraps under it
   * looks again when that is written. Loaded.
   * @throws IntegrityError `vault-unclaimed` where it names none yet
   */
  async current(): Promise<KekId> {
    const named = this.#named ?? (await this.lookAgain());
    await this.load([named]);
    return named;
  }

  /**
   * The KEK that the vault names now. The primary makes sure first that it still is the primary: an
   * old one that was cut off does not know what was named since.
   */
  async lookAgain(): Promise<KekId> {
    const meta = await this.db.run((db) =>
      db.collection<VaultMeta>(META).findOne({ _id: this.db.part }, LINEARIZABLE),
    );
    if (meta === null) throw unclaimed();
    this.#named = meta.current;
    return meta.current;
  }

  /** Has these KEKs in memory when it resolves. */
  async load(ids: Iterable<KekId>): Promise<void> {
    for (const id of ids) {
      if (this.#held.has(id)) continue;
      const key = await this.store.get(id);
      if (this.#held.has(id)) key.fill(0);
      else this.#held.set(id, key);
    }
  }

  /** The bytes of a KEK that was loaded: to be used at once, not kept. */
  held(id: KekId): Buffer {
    const held = this.#held.get(id);
    if (held === undefined) throw new IntegrityError('kek-unknown', 'a KEK is used after its end');
    return held;
  }

  /** Zeroes KEKs that have retired. */
  drop(ids: Iterable<KekId>): void {
    for (const id of ids) {
      this.#held.get(id)?.fill(0);
      this.#held.delete(id);
    }
  }

  clear(): void {
    this.drop([...this.#held.keys()]);
  }
}
