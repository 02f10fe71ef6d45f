import {
  MongoInvalidArgumentError,
  type AnyBulkWriteOperation,
  type Collection,
  type Filter as MongoFilter,
} from 'mongodb';

import { IntegrityError, START, type JsonObject } from '#kernel';
import { inChunks, writeErrorsOf, type WriteFault } from '#mongo-store';

import { Fenced, type Change, type Standing } from '../port.js';
import type { DocumentRow } from './schema.js';
import { givenDocument, storedDocument } from './stored-documents.js';

const NOT_VALID = 121;
const NOTHING: Standing = { doc: null, position: START };

/** The documents of one build. */
export class Documents {
  constructor(private readonly rows: Collection<DocumentRow>) {}

  async load(ids: readonly string[]): Promise<readonly Standing[]> {
    const parts = await inChunks(ids, (some) =>
      this.rows.find({ _id: { $in: [...some] } }).toArray(),
    );
    const found = new Map(parts.flat().map((row) => [row._id, standingOf(row)]));
    return ids.map((id) => found.get(id) ?? NOTHING);
  }

  async match(filter: MongoFilter<DocumentRow>): Promise<readonly string[]> {
    const rows = await this.rows.find(filter).project<{ _id: string }>({ _id: 1 }).toArray();
    return rows.map(({ _id }) => _id);
  }

  /**
   * Writes the changes that are later than what they change, under an epoch that the collection has
   * to allow. @throws Fenced
   */
  async write(changes: readonly Change[], epoch: number): Promise<void> {
    await inChunks(changes, async (some) => {
      const rows = some.map((change) => rowOf(change, epoch));
      const fresh = some.map(({ standing }) => (standing?.position ?? START) === START);
      const writes = rows.map((row, at) => (fresh[at] === true ? inserting(row) : replacing(row)));
      // What is there already, dropped or not, is replaced if this is later.
      const there = await this.#bulk(writes);
      const again = there.flatMap(({ index }) => rows[index] ?? []);
      if (again.length > 0) await this.#bulk(again.map(replacing));
    });
  }

  /** Gives the inserts that found their id taken. */
  async #bulk(writes: AnyBulkWriteOperation<DocumentRow>[]): Promise<readonly WriteFault[]> {
    try {
      await this.rows.bulkWrite(writes, { ordered: false });
      return [];
    } catch (error) {
      if (error instanceof MongoInvalidArgumentError) {
        throw new IntegrityError('document-size', 'a document is larger than MongoDB takes');
      }
      const refused = writeErrorsOf(error);
      if (refused.some(({ code }) => code === NOT_VALID)) {
        throw new Fenced('another process projects it');
      }
      if (refused.some(({ duplicate }) => !duplicate)) throw error;
      return refused;
    }
  }
}

/** The document of a row that is alive. */
export function docOf({ doc }: DocumentRow): JsonObject {
  if (doc === undefined) throw new IntegrityError('store-corrupt', 'views: a row has no document');
  return givenDocument(doc);
}

function standingOf(row: DocumentRow): Standing {
  return { doc: row.alive ? docOf(row) : null, position: row.position };
}

function rowOf({ id, doc, position }: Change, epoch: number): DocumentRow {
  const row = { _id: id, position, epoch };
  return doc === null
    ? { ...row, alive: false }
    : { ...row, alive: true, doc: storedDocument(doc) };
}

function inserting(document: DocumentRow): AnyBulkWriteOperation<DocumentRow> {
  return { insertOne: { document } };
}

/** Rows are never deleted from a build, so one that is not found is later than this. */
function replacing({ _id, ...replacement }: DocumentRow): AnyBulkWriteOperation<DocumentRow> {
  const filter = { _id, position: { $lt: replacement.position } };
  return { replaceOne: { filter, replacement } };
}
