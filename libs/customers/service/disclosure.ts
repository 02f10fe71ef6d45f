import type { Envelope, EventId, RecordedEvent, Refusal } from '#kernel';
import { IntegrityError, isRefusal, refuse } from '#kernel';
import type { KeyCache, KeyState } from '#vault';
import { envelopeKeyOf, openWithE, sealingContext } from '#vault';

import type { Asking } from './caller.js';
import type { CustomerCommands } from './customer-commands.js';

/** The key of one envelope, and all that it takes to open that one and no other. */
export interface Disclosure {
  /** The event whose envelope it is. */
  readonly event: Pick<RecordedEvent, 'stream' | 'id' | 'type'> & { readonly schema: number };
  readonly envelope: Envelope;
  /** E of docs/format.md, base64url; it is kept nowhere. */
  readonly envelopeKey: string;
  /** The event that records the disclosure. */
  readonly recordedBy: EventId;
}

/** Hands out the key of one envelope: recorded before it leaves, and stored nowhere. */
export class EnvelopeDisclosure {
  constructor(
    private readonly commands: CustomerCommands,
    private readonly keys: KeyCache,
  ) {}

  /**
   * Discloses one envelope of an event.
   * @param recipient code of the register definition
   * @throws IntegrityError `envelope-refused` where it does not open with its key
   */
  async disclose(
    asking: Asking,
    event: RecordedEvent,
    envelope: Envelope,
    recipient: string,
  ): Promise<Disclosure | Refusal> {
    // What does not open is not recorded as disclosed.
    const before = await this.#envelopeKey(event, envelope);
    if (isRefusal(before)) return before;
    const recorded = await this.commands.on(asking, {
      do: 'disclose-envelope',
      subject: envelope.subject,
      event: event.id,
      key: envelope.key,
      recipient,
    });
    if (isRefusal(recorded)) return recorded;
    const [by] = recorded.events;
    if (by === undefined) throw new IntegrityError('disclosure', 'a disclosure has no event');
    // It may have been erased in between.
    const envelopeKey = await this.#envelopeKey(event, envelope);
    if (isRefusal(envelopeKey)) return envelopeKey;
    const { stream, id, type, metadata } = event;
    const shown = { stream, id, type, schema: metadata.schema };
    return { event: shown, envelope, envelopeKey, recordedBy: by.id };
  }

  #envelopeKey(event: RecordedEvent, envelope: Envelope): Promise<string | Refusal> {
    return this.keys.use([envelope.key], (states) => {
      const state = states.get(envelope.key) ?? { state: 'missing' };
      if (state.state !== 'live') return closed(state);
      const { stream, id, type, metadata } = event;
      const place = { stream, event: id, type, schema: metadata.schema };
      const context = sealingContext(place, envelope);
      const key = envelopeKeyOf(state.dek, context);
      try {
        openWithE(key, context, envelope);
        return key.toString('base64url');
      } finally {
        key.fill(0);
      }
    });
  }
}

function closed({ state }: Exclude<KeyState, { readonly state: 'live' }>): Refusal {
  switch (state) {
    case 'fenced':
      return refuse('conflict', 'erasing', 'It is being erased.');
    case 'destroyed':
      return refuse('conflict', 'erased', 'What was sealed there is erased.');
    case 'missing':
      return refuse('conflict', 'key-lost', 'Its key is lost.');
  }
}
