import {
  IntegrityError,
  refuse,
  type Envelope,
  type EventId,
  type JsonObject,
  type KeyId,
  type KeyRef,
  type Personal,
  type Refusal,
  type StreamName,
} from '#kernel';

import { commandFingerprint } from './fingerprints.js';
import type { KeyCache, Keys } from './key-cache.js';
import type { KeyState, KeyWanted, LiveKey, Provisioned } from './port.js';
import { seal, sealingContext } from './sealing.js';

/** The personal data of one event to be, and where that event will stand. */
export interface ToSeal {
  readonly stream: StreamName;
  readonly event: EventId;
  readonly type: string;
  readonly schema: number;
  readonly personal: readonly Personal[];
}

/**
 * The key that the person's own stream names for a (category, scope); undefined where no envelope of
 * it exists yet. Only then may a key be made, and only by the person's own stream: for anyone else
 * the caller refuses before.
 */
export type KnownKey = (personal: Personal) => KeyId | undefined;

/** What a command's events carry. */
export interface SealedCommand {
  /** For each event, its envelopes in the order of its personal data. */
  readonly envelopes: readonly (readonly Envelope[])[];
  /** Of the command's content, for the events' metadata. */
  readonly fingerprint: string;
  /** The keys used, by (subject, category, scope) in the order of their first use. */
  readonly keys: readonly KeyRef[];
}

/** Seals the personal data of commands, making keys where a person has none yet. */
export class Sealer {
  constructor(private readonly keys: KeyCache) {}

  /**
   * Seals all events of a command; the vault is asked once. New keys are durable when this resolves.
   *
   * Refused (409): `erasing` for a fenced key or scope, `erased` for a destroyed one, `key-lost`
   * for a key that the stream names and the vault does not have.
   * @param content what the command asked for; its fingerprint is keyed by the first envelope's key
   * @throws IntegrityError `second-envelope` for two of one subject and category in an event
   */
  async seal(
    events: readonly ToSeal[],
    known: KnownKey,
    content: JsonObject,
  ): Promise<SealedCommand | Refusal> {
    events.forEach(assertOneEach);
    const plan = planOf(events, known);
    return this.keys.useOrMake(plan.keys, plan.wanted, (states, made) => {
      const live = new Map<string, LiveKey>();
      for (const [coordinates, source] of plan.sources) {
        const state = stateOf(source, states, made);
        if (state.state !== 'live') return refusalOf(state);
        assertCoordinates(coordinates, state.ref);
        live.set(coordinates, state);
      }
      return sealAll(events, live, content);
    });
  }

  /**
   * Whether a command's content is what a fingerprint was made of; undefined where that cannot be
   * told any more, its key being fenced, gone or lost.
   * @param key key of the command's first envelope, undefined where it sealed nothing
   */
  async sameContent(
    fingerprint: string,
    key: KeyId | undefined,
    content: JsonObject,
  ): Promise<boolean | undefined> {
    if (key === undefined) return commandFingerprint(undefined, content) === fingerprint;
    return this.keys.use([key], (states) => {
      const state = states.get(key);
      if (state?.state !== 'live') return undefined;
      return commandFingerprint(state.dek, content) === fingerprint;
    });
  }
}

/** Where a coordinate's key comes from: named by the stream, or the n-th that is provisioned. */
type Source = { readonly known: KeyId } | { readonly made: number };

interface Plan {
  readonly keys: readonly KeyId[];
  readonly wanted: readonly KeyWanted[];
  readonly sources: ReadonlyMap<string, Source>;
}

function planOf(events: readonly ToSeal[], known: KnownKey): Plan {
  const keys: KeyId[] = [];
  const wanted: KeyWanted[] = [];
  const sources = new Map<string, Source>();
  for (const personal of events.flatMap((event) => event.personal)) {
    const coordinates = coordinatesOf(personal);
    if (sources.has(coordinates)) continue;
    const key = known(personal);
    if (key === undefined) {
      sources.set(coordinates, { made: wanted.length });
      // The coordinates alone: the value stays out of the vault's way.
      const { subject, category, scope } = personal;
      wanted.push({ subject, category, scope });
    } else {
      sources.set(coordinates, { known: key });
      keys.push(key);
    }
  }
  return { keys, wanted, sources };
}

function stateOf(
  source: Source,
  states: Keys,
  made: readonly Provisioned[],
): KeyState | Provisioned {
  const state = 'known' in source ? states.get(source.known) : made[source.made];
  return state ?? { state: 'missing' };
}

function refusalOf(state: Exclude<KeyState | Provisioned, LiveKey>): Refusal {
  switch (state.state) {
    case 'fenced':
      return refuse('conflict', 'erasing', 'an erasure of this data is under way');
    case 'destroyed':
      return refuse('conflict', 'erased', 'the key of this data was destroyed');
    case 'missing':
      return refuse('conflict', 'key-lost', 'the key of this data is missing from the vault');
  }
}

function sealAll(
  events: readonly ToSeal[],
  live: ReadonlyMap<string, LiveKey>,
  content: JsonObject,
): SealedCommand {
  const keys = [...live.values()];
  return {
    envelopes: events.map((event) => event.personal.map((p) => sealOne(event, p, live))),
    fingerprint: commandFingerprint(keys[0]?.dek, content),
    keys: keys.map((key) => key.ref),
  };
}

function sealOne(event: ToSeal, personal: Personal, live: ReadonlyMap<string, LiveKey>): Envelope {
  const key = live.get(coordinatesOf(personal));
  if (key === undefined) throw new IntegrityError('key-form', 'an envelope was planned no key');
  return { ...key.ref, ...seal(key.dek, sealingContext(event, key.ref), personal.value) };
}

function coordinatesOf(of: Pick<KeyRef, 'subject' | 'category' | 'scope'>): string {
  return `${of.subject}:${of.category}:${of.scope}`;
}

function assertCoordinates(coordinates: string, ref: KeyRef): void {
  if (coordinatesOf(ref) !== coordinates) {
    throw new IntegrityError(
      'key-mismatch',
      'a key is not for the person or category it is used for',
    );
  }
}

function assertOneEach(event: ToSeal): void {
  const seen = new Set<string>();
  for (const { subject, category } of event.personal) {
    const name = `${subject}:${category}`;
    if (seen.has(name)) {
      throw new IntegrityError('second-envelope', 'an event seals one category of a person twice');
    }
    seen.add(name);
  }
}
