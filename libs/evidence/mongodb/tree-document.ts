import type { Collection, UpdateFilter } from 'mongodb';

import { START } from '#kernel';
import { insertedFirst, type MongoStore } from '#mongo-store';

import { TreeMoved, type TreeExtension } from '../port.js';
import { NO_TREE, TREE, type TreeRow } from './schema.js';

/** The one document that says how far the tree is. Each change of it is one guarded update. */
export class TreeDocument {
  readonly #rows: Collection<TreeRow>;
  #made = false;

  constructor(private readonly store: MongoStore) {
    this.#rows = store.db.collection(TREE);
  }

  async read(): Promise<TreeRow> {
    return (await this.store.run(() => this.#rows.findOne({ _id: TREE }))) ?? NO_TREE;
  }

  /** Begins an extension: from now on none that was begun before comes to its end. @throws TreeMoved */
  begin(epoch: number): Promise<TreeRow> {
    return this.#changed(epoch, { $inc: { turn: 1 } });
  }

  /** Ends an extension; false where another was begun since, or the tree anew. */
  async end({ turn, generation }: TreeRow, { from, leaves }: TreeExtension): Promise<boolean> {
    const size = from + leaves.length;
    const position = leaves.at(-1)?.position ?? START;
    const guard = { _id: TREE, turn, generation, size: from } as const;
    const { matchedCount } = await this.store.run(() =>
      this.#rows.updateOne(guard, { $set: { size, position } }),
    );
    return matchedCount === 1;
  }

  /** @throws TreeMoved */
  async setCheckpoint(checkpoint: string, epoch: number): Promise<void> {
    await this.#changed(epoch, { $set: { checkpoint } });
  }

  /** Begins the tree anew, in a generation of its own. @throws TreeMoved */
  renew(epoch: number): Promise<TreeRow> {
    return this.#changed(epoch, {
      $set: { size: 0, position: START, doubted: false },
      $inc: { turn: 1, generation: 1 },
    });
  }

  async doubt(): Promise<void> {
    await this.#make();
    await this.store.run(() => this.#rows.updateOne({ _id: TREE }, { $set: { doubted: true } }));
  }

  /** @throws TreeMoved where a higher epoch was seen */
  async #changed(epoch: number, { $set, $inc }: UpdateFilter<TreeRow>): Promise<TreeRow> {
    await this.#make();
    const change = { $set: { ...$set, epoch }, ...($inc && { $inc }) };
    const row = await this.store.run(() =>
      this.#rows.findOneAndUpdate({ _id: TREE, epoch: { $lte: epoch } }, change, {
        returnDocument: 'after',
      }),
    );
    if (row === null) throw new TreeMoved('another process has the lease');
    return row;
  }

  async #make(): Promise<void> {
    if (this.#made) return;
    await this.store.run(() => insertedFirst(() => this.#rows.insertOne(NO_TREE)));
    this.#made = true;
  }
}
