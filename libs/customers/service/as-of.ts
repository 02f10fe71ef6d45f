import type { EventLog } from '#event-log';
import type {
  Category,
  Instant,
  Position,
  RecordedEvent,
  Refusal,
  SubjectId,
  Upcasters,
} from '#kernel';
import { factOf, START } from '#kernel';
import type { Opener } from '#vault';

import { customerDecider } from '../decider.js';
import { customerStream } from '../ids.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerState } from '../state.js';
import { PROFILE } from '../vocabulary.js';
import { restrictedFor, withholding } from './access.js';
import type { Caller } from './caller.js';
import type { CustomerReading } from './customer-reading.js';
import { customerNotFound } from './customer-reading.js';
import { eventsOf } from './log-reading.js';
import type { ShownValues } from './values.js';
import { shownValue } from './values.js';

/** A customer as the register had it at an instant. */
export interface CustomerAsOf {
  readonly at: Instant;
  /** Position of the last event that was taken. */
  readonly position: Position;
  readonly revision: number;
  readonly state: CustomerState;
  /** What was current then, as far as it opens today. */
  readonly values: ShownValues;
}

/**
 * The state at an instant: events with `recordedAt` up to it. What is shown of it follows today's
 * erasures, restrictions and role, not those of then.
 */
export class CustomersAsOf {
  constructor(
    private readonly with_: {
      readonly log: EventLog;
      readonly opener: Opener;
      readonly policy: CustomerPolicy;
      readonly upcasters: Upcasters;
    },
    private readonly reading: CustomerReading,
  ) {}

  async of(caller: Caller, id: SubjectId, at: Instant): Promise<CustomerAsOf | Refusal> {
    const [own, ...others] = await this.reading.linkedDocs(id);
    if (own === undefined) return customerNotFound();
    const docs = [own, ...others].map(({ doc }) => doc);
    const refused = restrictedFor(caller, docs, this.with_.policy);
    if (refused !== undefined) return refused;
    const folded = await this.#fold(id, at);
    if (folded.state.category === undefined) return customerNotFound();
    const mayOpen = [...folded.newest.keys()].filter(
      (category) => withholding(caller, own.doc, category, this.with_.policy) === undefined,
    );
    const values: ShownValues = Object.fromEntries(
      await Promise.all(
        [...folded.newest].map(async ([category, event]) => [
          category,
          mayOpen.includes(category)
            ? await this.#open(event, id, category)
            : {
                state: 'withheld',
                why: withholding(caller, own.doc, category, this.with_.policy),
              },
        ]),
      ),
    ) as ShownValues;
    const { position, revision, state } = folded;
    return { at, position, revision, state, values };
  }

  async #fold(id: SubjectId, at: Instant) {
    const decider = customerDecider(id, this.with_.policy);
    const newest = new Map<Category, RecordedEvent>();
    let state = decider.initial();
    let position = START;
    let revision = -1;
    for await (const recorded of eventsOf(this.with_.log, customerStream(id))) {
      if (recorded.metadata.recordedAt > at) break;
      state = decider.evolve(state, factOf(this.with_.upcasters.lift(recorded)));
      ({ position, revision } = recorded);
      for (const { subject, category } of recorded.data.sealed ?? []) {
        const isProfile = PROFILE.some((profile) => profile === category);
        if (subject === id && isProfile) newest.set(category, recorded);
      }
    }
    return { state, position, revision, newest };
  }

  async #open(event: RecordedEvent, id: SubjectId, category: Category) {
    const opened = await this.with_.opener.openEvent(event, [category]);
    const mine = opened.find(({ ref }) => ref.subject === id);
    return mine === undefined
      ? ({ state: 'withheld', why: 'lost' } as const)
      : shownValue(mine.opening);
  }
}
