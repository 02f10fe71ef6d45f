import { START, isJsonObject } from '#kernel';
import type { JsonObject } from '#kernel';

import { matcher, parseFilter } from '../filter.js';
import { checkPage } from '../page.js';
import type {
  Batch,
  Build,
  Filter,
  Page,
  Row,
  Scalar,
  Sort,
  Standing,
  ViewDefinition,
} from '../port.js';
import { compareScalars, compareText, fieldReader, isScalar } from '../values.js';

/** A document as text, so that nobody holds what is stored; null where it was dropped. */
interface Kept {
  readonly text: string | null;
  readonly position: Row['position'];
}

/** One build and its documents. */
export class MemoryBuild {
  readonly #docs = new Map<string, Kept>();
  build: Build;

  constructor(
    build: Build,
    readonly indexes: string,
  ) {
    this.build = build;
  }

  standing(id: string): Standing {
    const kept = this.#docs.get(id);
    if (kept === undefined) return { doc: null, position: START };
    return { doc: kept.text === null ? null : parsed(kept.text), position: kept.position };
  }

  write({ changes, checkpoint }: Batch): void {
    for (const { id, doc, position } of changes) {
      this.#put(id, doc === null ? null : JSON.stringify(doc), position);
    }
    if (checkpoint > this.build.checkpoint) this.build = { ...this.build, checkpoint };
  }

  #put(id: string, text: string | null, position: Row['position']): void {
    const before = this.#docs.get(id);
    if (before === undefined || position > before.position) this.#docs.set(id, { text, position });
  }

  matching(view: ViewDefinition, filter: Filter): Row[] {
    const matches = matcher(parseFilter(view.indexes, filter));
    const rows: Row[] = [];
    for (const [id, { text, position }] of this.#docs) {
      if (text === null) continue;
      const doc = parsed(text);
      if (matches(doc)) rows.push({ id, doc, position });
    }
    return rows;
  }

  page(view: ViewDefinition, filter: Filter, page: Page): readonly Row[] {
    checkPage(view.indexes, page);
    const order = ordering(page.sort);
    const { after } = page;
    const rows = this.matching(view, filter).sort((a, b) => order(a.id, a.doc, b.id, b.doc));
    const begin = page.sort === undefined ? {} : objectWith(page.sort.field, after?.value ?? null);
    const rest =
      after === undefined
        ? rows
        : rows.filter((row) => order(row.id, row.doc, after.id, begin) > 0);
    return rest.slice(0, page.limit);
  }
}

type Ordering = (idA: string, a: JsonObject, idB: string, b: JsonObject) => number;

function ordering(sort: Sort | undefined): Ordering {
  if (sort === undefined) return (idA, _a, idB) => compareText(idA, idB);
  const read = fieldReader(sort.field);
  const value = (doc: JsonObject): Scalar => {
    const found = read(doc) ?? null;
    return isScalar(found) ? found : null;
  };
  return (idA, a, idB, b) =>
    sort.direction * (compareScalars(value(a), value(b)) || compareText(idA, idB));
}

/** An object that has a value where a field is looked for. */
function objectWith(field: string, value: Scalar): JsonObject {
  const [first = '', ...rest] = field.split('.');
  return { [first]: rest.length === 0 ? value : objectWith(rest.join('.'), value) };
}

function parsed(text: string): JsonObject {
  const doc: unknown = JSON.parse(text);
  return isJsonObject(doc) ? doc : {};
}
