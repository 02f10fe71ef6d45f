import { MongoServerError } from 'mongodb';

import type { MongoStore } from '#mongo-store';

import type { Build } from '../port.js';
import type { Catalog } from './catalog.js';
import { documentsOf } from './schema.js';

const NAMESPACE_NOT_FOUND = 26;
const NAMESPACE_EXISTS = 48;

/**
 * Keeps those who were overtaken from writing documents: the collection of a build takes no document
 * of an epoch before the one that it was fenced with, whatever its writer has checked before.
 */
export class Fences {
  /** The epoch that this process has fenced a build with. */
  readonly #fenced = new Map<string, number>();

  constructor(
    private readonly store: MongoStore,
    private readonly catalog: Catalog,
  ) {}

  /**
   * Once for each build and epoch of this process, before it writes. Whoever comes through was still
   * the latest when the fence stood; who is later fences after that, so no fence is taken back.
   * @throws Fenced
   */
  async raise(build: Build, epoch: number): Promise<void> {
    if (this.#fenced.get(build.id) === epoch) return;
    const collection = documentsOf(build.build);
    const validator = { epoch: { $gte: epoch } };
    await this.store.run(async (db) => {
      const fence = { collMod: collection, validator, writeConcern: { w: 'majority' } };
      try {
        await db.command(fence);
      } catch (error) {
        if (!hasCode(error, NAMESPACE_NOT_FOUND)) throw error;
        await db.createCollection(collection, { validator }).catch(async (second: unknown) => {
          if (!hasCode(second, NAMESPACE_EXISTS)) throw second;
          await db.command(fence);
        });
      }
    });
    await this.catalog.forWriting(build, epoch);
    this.#fenced.set(build.id, epoch);
  }

  forget(build: Build): void {
    this.#fenced.delete(build.id);
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof MongoServerError && error.code === code;
}
