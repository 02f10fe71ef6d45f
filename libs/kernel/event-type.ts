import type { Static, TObject } from 'typebox';

import type { Category } from './events.js';
import type { Draft, Fact } from './decider.js';
import type { JsonObject } from './json.js';

/**
 * An event type as the catalogue shows it: its name, its newest schema version, the JSON Schema of
 * its plain data, and the categories whose envelopes it may carry.
 */
export interface EventType<Name extends string = string, Schema extends TObject = TObject> {
  readonly name: Name;
  readonly version: number;
  readonly data: Schema;
  readonly seals: readonly Category[];
  /** What it says happened, in one sentence for an auditor. */
  readonly says: string;
}

/** Declares an event type. The schema is strict: what it does not name may not be in the data. */
export function eventType<Name extends string, Schema extends TObject>(
  name: Name,
  data: Schema,
  says: string,
  more: { readonly version?: number; readonly seals?: readonly Category[] } = {},
): EventType<Name, Schema> {
  return { name, version: more.version ?? 1, data, seals: more.seals ?? [], says };
}

/** The draft that a decision yields for an event type. */
export type DraftOf<T extends EventType> =
  T extends EventType<infer Name, infer Schema> ? Draft<Name, Static<Schema> & JsonObject> : never;

/** What a fold sees of an event type. */
export type FactOf<T extends EventType> =
  T extends EventType<infer Name, infer Schema> ? Fact<Name, Static<Schema> & JsonObject> : never;
