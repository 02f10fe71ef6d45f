import {
  IntegrityError,
  isUuid,
  type Category,
  type Envelope,
  type EventData,
  type EventId,
  type Instant,
  type JsonObject,
  type KeyRef,
  type Metadata,
  type RecordedEvent,
} from '#kernel';

import type { KeyCache, Keys } from './key-cache.js';
import { open, sealingContext } from './sealing.js';

/**
 * What opening an envelope came to. An outage or a refused envelope is none of these: it throws.
 * `lost`: the vault has no row for the key, and nothing says that it was destroyed.
 */
export type Opening =
  | { readonly kind: 'present'; readonly value: JsonObject }
  | {
      readonly kind: 'erased';
      readonly at: Instant;
      /** The event that ended the key. */
      readonly by: EventId;
      /** Fingerprint of the key, as in the receipt. */
      readonly fingerprint: string;
    }
  | { readonly kind: 'withheld'; readonly why: 'erasing' | 'lost' };

/** One envelope of an event, and what opening it came to. */
export interface Opened {
  readonly ref: KeyRef;
  readonly opening: Opening;
}

/** What of an event its envelopes need to be opened: a recorded event, or what a document kept. */
export interface SealedEvent extends Pick<RecordedEvent, 'stream' | 'id' | 'type'> {
  readonly metadata: Pick<Metadata, 'schema'>;
  readonly data: Pick<EventData, 'sealed'>;
}

/** Chooses the envelopes that shall be opened. */
export type Wanted = (event: SealedEvent, ref: KeyRef) => boolean;

/** Opens envelopes of recorded events. Values are handed out and not kept. */
export class Opener {
  constructor(private readonly keys: KeyCache) {}

  /** Opens an event's envelopes: all, or those of the categories given. */
  async openEvent(
    event: SealedEvent,
    categories?: readonly Category[],
  ): Promise<readonly Opened[]> {
    const wanted: Wanted = (_, ref) => categories?.includes(ref.category) ?? true;
    const [opened] = await this.openEvents([event], wanted);
    return opened ?? [];
  }

  /**
   * Opens the wanted envelopes (all, if nothing else is said) of many events: for each event, in the
   * order given, its own in their order. The vault is asked once. Opening itself holds the event
   * loop for some 10 us an envelope: hand over batches, not histories.
   * @throws Outage where keys could not be had; IntegrityError `envelope-refused`, `key-mismatch`
   */
  async openEvents(
    events: readonly SealedEvent[],
    wanted: Wanted = () => true,
  ): Promise<readonly (readonly Opened[])[]> {
    const chosen = events.map((event) =>
      (event.data.sealed ?? []).filter((envelope) => wanted(event, envelope)),
    );
    const keys = chosen.flatMap((envelopes) => envelopes.map(keyOf));
    return this.keys.use(keys, (states) =>
      events.map((event, at) =>
        (chosen[at] ?? []).map((envelope) => openOne(event, envelope, states)),
      ),
    );
  }
}

function openOne(event: SealedEvent, envelope: Envelope, states: Keys): Opened {
  const { subject, category, scope, key } = envelope;
  const ref: KeyRef = { subject, category, scope, key };
  return { ref, opening: openingOf(event, envelope, ref, states) };
}

function openingOf(event: SealedEvent, envelope: Envelope, ref: KeyRef, states: Keys): Opening {
  const state = states.get(ref.key) ?? { state: 'missing' };
  if (state.state !== 'missing') assertSameRef(ref, state.ref);
  switch (state.state) {
    case 'live': {
      const { stream, id, type, metadata } = event;
      const place = { stream, event: id, type, schema: metadata.schema };
      return { kind: 'present', value: open(state.dek, sealingContext(place, ref), envelope) };
    }
    case 'fenced':
      return { kind: 'withheld', why: 'erasing' };
    case 'destroyed':
      return { kind: 'erased', at: state.at, by: state.by, fingerprint: state.fingerprint };
    case 'missing':
      return { kind: 'withheld', why: 'lost' };
  }
}

/** A stored envelope is what the log returned, whatever its type says. */
function keyOf(envelope: Envelope): KeyRef['key'] {
  const key: unknown = envelope.key;
  if (typeof key !== 'string' || !isUuid(key)) {
    throw new IntegrityError('envelope-refused', 'an envelope names no key');
  }
  return envelope.key;
}

/**
 * An envelope must name its key as the vault knows it. The scope is in no authenticated context, so
 * an edited one is found here; so is an envelope that was pointed at another person's tombstone.
 * @throws IntegrityError `key-mismatch`
 */
export function assertSameRef(found: KeyRef, known: KeyRef): void {
  if (
    found.key !== known.key ||
    found.subject !== known.subject ||
    found.category !== known.category ||
    found.scope !== known.scope
  ) {
    throw new IntegrityError(
      'key-mismatch',
      'a key is not for the person or category it is used for',
    );
  }
}
