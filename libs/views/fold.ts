import type { Category, JsonObject, Position, RecordedEvent } from '#kernel';

import { documentCheck } from './definition.js';
import { openAll, type OpenedValues, type OpenEnvelopes } from './opening.js';
import type { Build, Change, Opened, Standing, ViewDefinition, Views } from './port.js';
import { poisonOf, type Poison } from './reasons.js';
import { targetOf, type Target } from './routing.js';

export interface FoldingOptions {
  readonly view: ViewDefinition;
  readonly build: Build;
  readonly views: Pick<Views, 'load' | 'match'>;
  readonly open: OpenEnvelopes;
  readonly token: Opened['token'];
}

/** One event and the documents it goes to. */
interface Step {
  readonly event: RecordedEvent;
  readonly categories: readonly Category[];
  readonly target: Target;
}

/** Steps up to the first event that cannot be folded. */
interface Plan {
  readonly steps: readonly Step[];
  readonly poison?: Poison | undefined;
}

/** A document in memory, as the last event folded has left it. */
interface Entry extends Change {
  doc: JsonObject | null;
  position: Position;
  readonly standing: Standing;
}

/**
 * Folds events into the documents of one build, in memory, until the changes are written. An event
 * is folded whole or not at all.
 */
export class Folding {
  readonly #options: FoldingOptions;
  readonly #view: ViewDefinition;
  readonly #checkDocument: (doc: JsonObject) => void;
  readonly #entries = new Map<string, Entry>();
  #changed: Entry[] = [];

  constructor(options: FoldingOptions) {
    this.#options = options;
    this.#view = options.view;
    this.#checkDocument = documentCheck(options.view.indexes);
  }

  /** How many documents are held in memory. */
  get size(): number {
    return this.#entries.size;
  }

  /** The documents that have changed since the last {@link clear}. */
  get changes(): readonly Change[] {
    return this.#changed;
  }

  /** Forgets all documents: those changed were written, or will be folded again. */
  clear(): void {
    this.#entries.clear();
    this.#changed = [];
  }

  /**
   * Folds events in order, all of them or those before the one that it gives, which cannot be folded.
   * @throws Outage of the store or of what opens envelopes: nothing was folded then
   */
  async fold(events: readonly RecordedEvent[]): Promise<Poison | undefined> {
    const planned = this.#plan(events);
    const { steps, values, poison } = await this.#open(planned);
    const matches = await this.#match(steps);
    await this.#load(steps, matches);
    const opened = new OpenedOne(values, this.#options.token);
    for (const step of steps) {
      opened.event = step.event;
      try {
        this.#apply(step, this.#idsOf(step, matches.get(step)), opened);
      } catch (error) {
        return poisonOf(step.event, 'apply', error);
      }
    }
    return poison;
  }

  /** Asks the view where each event goes, and what it wants opened. */
  #plan(events: readonly RecordedEvent[]): Plan {
    const steps: Step[] = [];
    for (const event of events) {
      try {
        const target = targetOf(this.#view, event);
        if (target.kind === 'ids' && target.ids.length === 0) continue;
        steps.push({ event, categories: this.#view.opens?.(event) ?? [], target });
      } catch (error) {
        return { steps, poison: poisonOf(event, 'route', error) };
      }
    }
    return { steps };
  }

  async #open({ steps, poison }: Plan): Promise<Plan & { readonly values: OpenedValues }> {
    const wanted = steps.filter(({ categories }) => categories.length > 0);
    const { values, failed } = await openAll(this.#options.open, wanted, this.#view.name);
    if (failed === undefined) return { steps, values, poison };
    const at = steps.findIndex(({ event }) => event === failed.event);
    return {
      steps: steps.slice(0, at),
      values,
      poison: poisonOf(failed.event, 'open', failed.error),
    };
  }

  /** What the store finds for each filter, as if nothing in memory had changed. */
  async #match(steps: readonly Step[]): Promise<ReadonlyMap<Step, readonly string[]>> {
    const { views, build } = this.#options;
    const found = new Map<Step, readonly string[]>();
    for (const step of steps) {
      if (step.target.kind === 'ids') continue;
      found.set(step, await views.match(build, this.#view, step.target.filter));
    }
    return found;
  }

  /** One query for all documents that the steps may touch and that memory does not hold. */
  async #load(
    steps: readonly Step[],
    matches: ReadonlyMap<Step, readonly string[]>,
  ): Promise<void> {
    const wanted = new Set<string>();
    for (const step of steps) {
      const ids = step.target.kind === 'ids' ? step.target.ids : (matches.get(step) ?? []);
      for (const id of ids) if (!this.#entries.has(id)) wanted.add(id);
    }
    if (wanted.size === 0) return;
    const ids = [...wanted];
    const standings = await this.#options.views.load(this.#options.build, ids);
    standings.forEach((standing, i) => {
      const id = ids[i] ?? '';
      const { doc, position } = standing;
      this.#entries.set(id, { id, doc, position, standing });
    });
  }

  /** A filter sees what earlier events have done: of changed documents, memory knows better. */
  #idsOf({ target }: Step, found: readonly string[] = []): readonly string[] {
    if (target.kind === 'ids') return target.ids;
    const ids = found.filter((id) => !hasChanged(this.#entries.get(id)));
    for (const { id, doc } of this.#changed) if (doc !== null && target.test(doc)) ids.push(id);
    return ids;
  }

  #apply({ event }: Step, ids: readonly string[], opened: Opened): void {
    const results = ids.map((id) => this.#after(this.#entries.get(id), event, opened));
    results.forEach((doc, i) => {
      const entry = this.#entries.get(ids[i] ?? '');
      if (entry === undefined || doc === undefined) return;
      if (!hasChanged(entry)) this.#changed.push(entry);
      entry.doc = doc;
      entry.position = event.position;
    });
  }

  /** The document after the event; undefined where it stays as it is. */
  #after(
    entry: Entry | undefined,
    event: RecordedEvent,
    opened: Opened,
  ): JsonObject | null | undefined {
    // Folded already: a crash came between these documents and their checkpoint.
    if (entry === undefined || event.position <= entry.position) return undefined;
    const doc = this.#view.apply(entry.doc ?? undefined, event, opened);
    if (doc === undefined || doc === entry.doc) return undefined;
    if (doc !== null) this.#checkDocument(doc);
    return doc;
  }
}

function hasChanged(entry: Entry | undefined): boolean {
  return entry !== undefined && entry.position !== entry.standing.position;
}

/** What opening gave of the event that is being folded. */
class OpenedOne implements Opened {
  event: RecordedEvent | undefined;
  readonly #values: OpenedValues;
  readonly token: Opened['token'];

  constructor(values: OpenedValues, token: Opened['token']) {
    this.#values = values;
    this.token = token;
  }

  value(...[subject, category]: Parameters<Opened['value']>): JsonObject | undefined {
    return this.event && this.#values(this.event.id, subject, category);
  }
}
