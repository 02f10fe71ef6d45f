import { START } from '#kernel';
import type { Category, JsonObject, Position, RecordedEvent } from '#kernel';

import { documentCheck } from './definition.js';
import { openAll, type OpenedValues, type OpenEnvelopes } from './opening.js';
import type { Batch, Build, Opened, Standing, ViewDefinition, Views } from './port.js';
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

/** A document as it stands in memory. */
interface Entry {
  readonly doc: JsonObject | undefined;
  readonly position: Position;
}

const ABSENT: Entry = { doc: undefined, position: START };

/**
 * Folds events into the documents of one build, in memory, until the changes are written. An event
 * is folded whole or not at all.
 */
export class Folding {
  readonly #options: FoldingOptions;
  readonly #view: ViewDefinition;
  readonly #checkDocument: (doc: JsonObject) => void;
  readonly #changed = new Map<string, Entry>();

  constructor(options: FoldingOptions) {
    this.#options = options;
    this.#view = options.view;
    this.#checkDocument = documentCheck(options.view.indexes);
  }

  /** How many documents have changed and wait to be written. */
  get changed(): number {
    return this.#changed.size;
  }

  /** The changes since the last {@link clear}. */
  changes(): Pick<Batch, 'upserts' | 'deletes'> {
    const upserts: Batch['upserts'][number][] = [];
    const deletes: Batch['deletes'][number][] = [];
    for (const [id, { doc, position }] of this.#changed) {
      if (doc === undefined) deletes.push({ id, position });
      else upserts.push({ id, doc, position });
    }
    return { upserts, deletes };
  }

  /** Forgets the changes: they were written, or will be folded again. */
  clear(): void {
    this.#changed.clear();
  }

  /**
   * Folds events in order, all of them or those before the one that it gives, which cannot be folded.
   * @throws Outage of the store or of what opens envelopes: nothing was folded then
   */
  async fold(events: readonly RecordedEvent[]): Promise<Poison | undefined> {
    const planned = this.#plan(events);
    const { steps, values, poison } = await this.#open(planned);
    const matches = await this.#match(steps);
    const stored = await this.#load(steps, matches);
    for (const step of steps) {
      try {
        this.#apply(step, this.#idsOf(step, matches.get(step)), stored, values);
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
  ): Promise<ReadonlyMap<string, Standing>> {
    const ids = new Set<string>();
    for (const step of steps) {
      const touched = step.target.kind === 'ids' ? step.target.ids : (matches.get(step) ?? []);
      for (const id of touched) if (!this.#changed.has(id)) ids.add(id);
    }
    return ids.size === 0 ? new Map() : this.#options.views.load(this.#options.build, [...ids]);
  }

  /** A filter sees what earlier events have done: of changed documents, memory knows better. */
  #idsOf({ target }: Step, found: readonly string[] = []): readonly string[] {
    if (target.kind === 'ids') return target.ids;
    const ids = found.filter((id) => !this.#changed.has(id));
    for (const [id, { doc }] of this.#changed) {
      if (doc !== undefined && target.test(doc)) ids.push(id);
    }
    return ids;
  }

  #apply(
    { event }: Step,
    ids: readonly string[],
    stored: ReadonlyMap<string, Standing>,
    values: OpenedValues,
  ): void {
    const opened: Opened = {
      value: (subject, category) => values(event.id, subject, category),
      token: this.#options.token,
    };
    const after: [string, Entry][] = [];
    for (const id of ids) {
      const before = this.#changed.get(id) ?? entryOf(stored.get(id));
      // Folded already: a crash came between these documents and their checkpoint.
      if (event.position <= before.position) continue;
      const doc = this.#view.apply(before.doc, event, opened);
      if (doc === undefined || doc === before.doc || (doc === null && before.doc === undefined)) {
        continue;
      }
      if (doc !== null) this.#checkDocument(doc);
      after.push([id, { doc: doc ?? undefined, position: event.position }]);
    }
    for (const [id, entry] of after) this.#changed.set(id, entry);
  }
}

function entryOf(standing: Standing | undefined): Entry {
  if (standing === undefined) return ABSENT;
  return { doc: standing.doc ?? undefined, position: standing.position };
}
