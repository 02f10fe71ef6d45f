import type { Collection } from 'mongodb';

import { Outage } from '#kernel';
import type { MongoStore } from '#mongo-store';

import { isDocumentId } from '../definition.js';
import { checkPage } from '../page.js';
import { BuildReplaced } from '../port.js';
import type { Filter, Page, Row, ViewDefinition, Within } from '../port.js';
import { assertIndexes, type Catalog } from './catalog.js';
import { docOf } from './documents.js';
import { afterOf, filterOf, orderOf } from './filters.js';
import { documentsOf, PART, type DocumentRow } from './schema.js';

type Documents = Collection<DocumentRow>;

/** The live build of a view, as it was when it was looked for last. */
interface Kept {
  readonly view: ViewDefinition;
  readonly build: number;
}

/**
 * Queries of live builds.
 *
 * A build that was live stays so until it is retired, and never becomes so again: if it is live after
 * a query, it was during it. So it is looked for after a query and not before.
 */
export class Queries {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly store: MongoStore,
    private readonly catalog: Catalog,
  ) {}

  get(view: ViewDefinition, id: string): Promise<Row | undefined> {
    return this.#answer(view, undefined, async (documents) => {
      if (!isDocumentId(id)) return undefined;
      const row = await documents.findOne({ _id: id, alive: true });
      return row === null ? undefined : rowOf(row);
    });
  }

  async count(view: ViewDefinition, filter: Filter, within?: Within): Promise<number> {
    const matching = filterOf(view.indexes, filter);
    return this.#answer(view, within, (documents) => documents.countDocuments(matching));
  }

  async find(
    view: ViewDefinition,
    filter: Filter,
    page: Page,
    within?: Within,
  ): Promise<readonly Row[]> {
    const matching = filterOf(view.indexes, filter);
    checkPage(view.indexes, page);
    const wanted = { $and: [matching, afterOf(page)] };
    const rows = await this.#answer(view, within, (documents) =>
      documents.find(wanted).sort(orderOf(page)).limit(page.limit).toArray(),
    );
    return rows.map(rowOf);
  }

  async #answer<T>(
    view: ViewDefinition,
    within: Within | undefined,
    query: (documents: Documents) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const { build } = await this.#keptFor(view, within);
      const isLive = async () => (await this.catalog.live(view.name))?.build === build;
      try {
        const answer = await this.store.run((db) => query(db.collection(documentsOf(build))));
        if (await isLive()) return answer;
      } catch (error) {
        // Where it was replaced its documents may have gone meanwhile.
        if (await isLive()) throw error;
      }
      this.#kept.delete(view.name);
    }
  }

  /** @throws BuildReplaced; Outage `rebuilding` where there is no live build of this version */
  async #keptFor(view: ViewDefinition, within: Within | undefined): Promise<Kept> {
    const kept = this.#kept.get(view.name);
    if (kept?.view === view && kept.build === (within?.build ?? kept.build)) return kept;
    const live = await this.catalog.live(view.name);
    if (within !== undefined && live?.build !== within.build) throw new BuildReplaced();
    if (live?.version !== view.version) throw new Outage(PART, 'rebuilding');
    assertIndexes(live, view);
    const found = { view, build: live.build };
    this.#kept.set(view.name, found);
    return found;
  }
}

function rowOf(row: DocumentRow): Row {
  return { id: row._id, position: row.position, doc: docOf(row) };
}
