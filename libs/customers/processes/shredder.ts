import type { Outcome } from '#commands';
import { stepIdOf } from '#commands';
import type { EventLog } from '#event-log';
import type {
  Clock,
  CommandId,
  EventId,
  Instant,
  JsonObject,
  KeyId,
  LedgerId,
  RecordedEvent,
  Refusal,
  Scope,
  StreamName,
  SubjectId,
} from '#kernel';
import { faultPoint, IntegrityError, isRefusal, Outage } from '#kernel';
import type { Anchor, DestroyedKey, KeyCache, Presence, Reservations, Vault } from '#vault';

import type { CustomerCommand } from '../commands.js';
import { weigh } from '../erasure/weighing.js';
import { customerStream, subjectOf } from '../ids.js';
import type { CustomerHandler } from '../service/customer-handler.js';
import { readAt } from '../service/log-reading.js';
import { partsOf, textOf } from '../views/customers-view.js';
import type { Erasable, Part } from '../vocabulary.js';
import { ERASABLE } from '../vocabulary.js';
import type { Signer } from './receipt.js';
import { receiptBytes } from './receipt.js';

/** Steps of an erasure at which a crash is tested. */
export const ERASURE_FAULT_POINTS = [
  'erasure.begun',
  'erasure.fenced',
  'erasure.views-forgot',
  'erasure.anchored',
  'erasure.keys-destroyed',
  'erasure.recorded',
] as const;

/** What destroying keys works with. */
export interface Shredding {
  readonly ledger: LedgerId;
  /** Name of this process, as presence knows it. */
  readonly process: string;
  readonly log: EventLog;
  readonly handler: CustomerHandler;
  readonly vault: Vault;
  readonly keys: KeyCache;
  readonly reservations: Reservations;
  readonly presence: Presence;
  readonly anchor: Pick<Anchor, 'recordDestroyed'>;
  readonly signer: Signer;
  readonly clock: Clock;
  /** Longest time that any process keeps a key after the fence, in milliseconds. */
  readonly cacheMillis: number;
  /** Waits until every build of every view is past a position and its store's files are clean. */
  forgetInViews(position: RecordedEvent['position']): Promise<void>;
  /** The day from which no copy opens: the KEK's due rotation and the backup time after it. */
  unreadableInCopiesBy(now: Instant): Promise<Instant>;
  /** Milliseconds of a clock that is never set: caches count by it, and so does the wait for them. */
  monotonic(): number;
  /** Waits; ends early when the process stops. */
  pause(millis: number): Promise<void>;
}

/** When keys were fenced: for people, and by the clock that the wait is counted with. */
interface Fenced {
  readonly at: Instant;
  readonly monotonic: number;
}

/**
 * Destroys the keys that an event ended, in an order that survives a crash at every step: fence,
 * views forget, anchor, keys, receipt. Every step may be repeated.
 */
export class Shredder {
  constructor(private readonly with_: Shredding) {}

  /**
   * Carries an ending to its end. Does nothing where that has been done.
   * @throws Outage where a store is out, or a view is parked: call again later
   */
  async finish(stream: StreamName, revision: number): Promise<void> {
    const event = await readAt(this.with_.log, stream, revision);
    const subject = subjectOf(stream);
    if (subject === undefined) {
      throw new IntegrityError('ending-misplaced', `${stream} is not a customer's stream`);
    }
    const isOpen = await this.with_.handler.look(
      stream,
      ({ state }) => state.endings[event.id] !== undefined,
    );
    if (!isOpen) return;
    faultPoint('erasure.begun');
    const fenced = await this.#fence(subject, event);
    await this.with_.forgetInViews(event.position);
    faultPoint('erasure.views-forgot');
    const destroyed = await this.#destroy(subject, event, fenced);
    await this.#record(subject, event, destroyed, fenced.at);
    faultPoint('erasure.recorded');
  }

  async #fence(subject: SubjectId, event: RecordedEvent): Promise<Fenced> {
    const parts = partsOf(event);
    const scopes = parts.map(({ category, scope }) => ({ category, scope: scope as Scope }));
    await this.with_.vault.fence(subject, scopes, event.id);
    this.with_.keys.invalidate(parts.map((part) => part.key as KeyId));
    faultPoint('erasure.fenced');
    return { at: this.with_.clock.now(), monotonic: this.with_.monotonic() };
  }

  async #destroy(
    subject: SubjectId,
    event: RecordedEvent,
    fenced: Fenced,
  ): Promise<readonly DestroyedKey[]> {
    const keys = await this.#keysOf(subject, partsOf(event));
    const at = this.with_.clock.now();
    await this.with_.anchor.recordDestroyed(keys.map((key) => ({ key, by: event.id, at })));
    faultPoint('erasure.anchored');
    await this.#othersForget(fenced);
    const destroyed = await this.with_.vault.destroy(keys, event.id, this.with_.clock.now());
    faultPoint('erasure.keys-destroyed');
    await this.#freeValues(subject, event);
    return destroyed;
  }

  /**
   * An erased customer holds no number. A rectification leaves it with them, under whichever
   * generation it was reserved.
   */
  async #freeValues(subject: SubjectId, event: RecordedEvent): Promise<void> {
    const erasesIdentity =
      event.type === 'ErasureStarted' &&
      partsOf(event).some(({ category }) => category === 'identity');
    if (!erasesIdentity) return;
    const known = await this.with_.vault.status(subject);
    const identity = known.filter(({ ref }) => ref.category === 'identity');
    await this.with_.reservations.releaseByKeys(identity.map(({ ref }) => ref.key));
  }

  /** The keys that the stream names, and any that were made for these scopes and never used. */
  async #keysOf(subject: SubjectId, parts: readonly Part[]): Promise<readonly KeyId[]> {
    const scopes = new Set(parts.map(({ category, scope }) => `${category}:${scope}`));
    const known = await this.with_.vault.status(subject);
    const made = known.filter(({ ref }) => scopes.has(`${ref.category}:${ref.scope}`));
    return [...new Set([...parts.map((part) => part.key as KeyId), ...made.map((k) => k.ref.key)])];
  }

  /** Where other processes live, their caches may be warm until the limit has passed. */
  async #othersForget(fenced: Fenced): Promise<void> {
    const { presence, cacheMillis } = this.with_;
    const until = fenced.monotonic + cacheMillis;
    for (;;) {
      const others = await presence.others(this.with_.process);
      const left = until - this.with_.monotonic();
      if (others.length === 0 || left <= 0) return;
      await this.with_.pause(left);
    }
  }

  async #record(
    subject: SubjectId,
    event: RecordedEvent,
    destroyed: readonly DestroyedKey[],
    since: Instant,
  ): Promise<Outcome> {
    const command: CustomerCommand =
      event.type === 'ErasureStarted'
        ? await this.#completion(subject, event, destroyed, since)
        : {
            do: 'complete-ending',
            subject,
            cause: event.id,
            keys: destroyed.map(({ ref, fingerprint }) => ({ key: ref.key, fingerprint })),
          };
    const outcome = await this.with_.handler.handle({
      stream: customerStream(subject),
      id: stepIdOf(event.id, 'complete'),
      command,
      content: { cause: event.id },
      ...ledgerStep(event),
    });
    if (isRefusal(outcome)) throw refusedStep(outcome);
    return outcome;
  }

  async #completion(
    subject: SubjectId,
    event: RecordedEvent,
    destroyed: readonly DestroyedKey[],
    since: Instant,
  ): Promise<CustomerCommand> {
    const { clock, handler, ledger, signer } = this.with_;
    const now = clock.now();
    const number = textOf(event, 'case');
    const found = await handler.look(customerStream(subject), ({ state }) => {
      const inCase = state.cases[number];
      const { disclosed } = state;
      const kept = weigh(state, ERASABLE, now).waits;
      return inCase && { ground: inCase.ground, kept, disclosed: [...disclosed] };
    });
    if (found === undefined) {
      throw new IntegrityError('case-missing', 'an erasure names a case that its stream lacks');
    }
    const body = {
      started: event.id,
      keys: destroyed.flatMap(({ ref, fingerprint, at }) => {
        const category = ERASABLE.find((one) => one === ref.category);
        return category === undefined
          ? []
          : [{ category, scope: ref.scope, key: ref.key, fingerprint, destroyedAt: at }];
      }),
      kept: found.kept,
      stores: ['event-log', 'vault', 'views', 'anchor'],
      disclosed: [...disclosedUnder(destroyed, found.disclosed)],
      unreadableSince: since,
      unreadableInCopiesBy: await this.with_.unreadableInCopiesBy(now),
      signer: signer.id,
    } satisfies JsonObject & { keys: readonly { category: Erasable }[] };
    const signed = { ...body, case: number, ground: found.ground };
    const signature = signer.sign(receiptBytes(ledger, subject, signed));
    return { do: 'complete-erasure', subject, completion: { ...body, signature } };
  }
}

/** Events whose envelopes lie under keys that are destroyed, and are known elsewhere all the same. */
function disclosedUnder(
  destroyed: readonly DestroyedKey[],
  disclosed: readonly { readonly event: string; readonly key: string }[],
): ReadonlySet<string> {
  const keys = new Set<string>(destroyed.map(({ ref }) => ref.key));
  return new Set(disclosed.filter(({ key }) => keys.has(key)).map(({ event }) => event));
}

/** A step of the ledger's own, caused by an event. */
export function ledgerStep(event: RecordedEvent): {
  readonly actor: string;
  readonly purpose: string;
  readonly source: 'ledger';
  readonly causation: EventId;
  readonly correlation: CommandId;
} {
  return {
    actor: 'ledger',
    purpose: 'data-subject-rights',
    source: 'ledger',
    causation: event.id,
    correlation: event.metadata.correlation,
  };
}

/** A step that the ledger itself gave is never refused by what has happened; if it is, try again. */
function refusedStep(refusal: Refusal): Outage {
  return new Outage('event-log', `a step of an erasure was refused: ${refusal.code}`);
}
