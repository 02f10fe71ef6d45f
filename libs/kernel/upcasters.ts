import { IntegrityError } from './errors.js';
import type { RecordedEvent } from './events.js';

/** Lifts the data of one event type from a schema version to the next. Pure; opens nothing. */
export type Upcaster = (data: RecordedEvent['data']) => RecordedEvent['data'];

/**
 * The newest schema version of each event type, and how older data are lifted to it. The log keeps
 * what was written; only what readers see is lifted.
 */
export class Upcasters {
  readonly #steps = new Map<string, Upcaster>();
  readonly #current = new Map<string, number>();

  /** Declares the newest version of a type. */
  declare(type: string, version: number): this {
    this.#current.set(type, version);
    return this;
  }

  /** Declares the step from `from` to `from + 1`. */
  step(type: string, from: number, upcaster: Upcaster): this {
    this.#steps.set(`${type}@${String(from)}`, upcaster);
    return this;
  }

  /** The newest version of a type; 1 where nothing else was declared. */
  versionOf(type: string): number {
    return this.#current.get(type) ?? 1;
  }

  /**
   * The event with its data in the newest version. `metadata.schema` stays what was written, since
   * envelopes are bound to it.
   * @throws IntegrityError `schema-unknown` for a version newer than this program knows
   */
  lift(event: RecordedEvent): RecordedEvent {
    const newest = this.versionOf(event.type);
    if (event.metadata.schema === newest) return event;
    if (event.metadata.schema > newest) {
      throw new IntegrityError(
        'schema-unknown',
        `${event.type} in schema ${String(event.metadata.schema)} is newer than this program`,
      );
    }
    let data = event.data;
    for (let version = event.metadata.schema; version < newest; version++) {
      const step = this.#steps.get(`${event.type}@${String(version)}`);
      if (step === undefined) {
        throw new IntegrityError('schema-unknown', `no step from ${event.type}@${String(version)}`);
      }
      data = step(data);
    }
    return { ...event, data };
  }
}
