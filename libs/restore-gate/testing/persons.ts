import { SetClock } from '#commands/testing';
import { MemoryEventLog } from '#event-log/memory';
import type {
  CommandId,
  EventId,
  JsonObject,
  KeyId,
  LedgerId,
  RecordedEvent,
  Scope,
  SubjectId,
} from '#kernel';
import { randomId, streamName } from '#kernel';
import type { AnchoredKey, VaultStore } from '#vault';
import { MemoryAnchor, memoryVault } from '#vault/memory';

import type { Gate, Remembered } from '../gate.js';

/** A person's key, and the event that shall end it. */
export interface TestKey {
  readonly subject: SubjectId;
  readonly key: KeyId;
  readonly by: EventId;
}

const LEDGER = randomId<LedgerId>();

/**
 * Log, vault and anchor with as little of a domain as the gate needs: `Began` and `Ended` tell of an
 * erasure, `Repeated` is what the gate records.
 */
export class Persons {
  readonly clock = new SetClock();
  readonly store: VaultStore = memoryVault(this.clock, LEDGER);
  readonly #anchor = new MemoryAnchor(LEDGER);
  /** How often somebody's stream was looked at. */
  looks = 0;
  log = new MemoryEventLog();

  /** What the anchor holds. */
  get anchored(): AnchoredKey[] {
    return this.#anchor.keys;
  }

  /** A key that lives. */
  async key(): Promise<TestKey> {
    const wanted = {
      subject: randomId<SubjectId>(),
      category: 'identity',
      scope: 'g1' as Scope,
    } as const;
    const [made] = await this.store.vault.provision([wanted]);
    if (made?.ref === undefined) throw new Error('no key was made');
    return { subject: wanted.subject, key: made.ref.key, by: randomId<EventId>() };
  }

  tells(
    type: 'Began' | 'Ended' | 'Repeated',
    of: TestKey,
    more: JsonObject = {},
  ): Promise<unknown> {
    const { subject, key, by } = of;
    return this.#append(subject, type, { key, by, ...more });
  }

  async anchor({ key, by }: TestKey): Promise<void> {
    this.anchored.push({ key, by, at: this.clock.now() });
  }

  /** Destroys a key in the vault, which keeps a tombstone. */
  async bury({ key, by }: TestKey): Promise<void> {
    await this.store.vault.destroy([key], by, this.clock.now());
  }

  async stateOf({ subject }: TestKey): Promise<string | undefined> {
    return (await this.store.vault.status(subject))[0]?.state;
  }

  /** What the gate has recorded, in order. */
  async repeated(): Promise<readonly JsonObject[]> {
    const events = await this.log.readAll('' as never, 100_000);
    return events.filter(({ type }) => type === 'Repeated').map(({ data }) => data);
  }

  get gate(): Gate {
    return {
      log: this.log,
      vault: this.store.vault,
      notes: this.store.notes,
      clock: this.clock,
      anchor: this.#anchor,
      destroyedBy: ({ type, data }) =>
        type === 'Ended' || type === 'Repeated'
          ? [{ key: data.key as KeyId, by: data.by as EventId }]
          : [],
      isEnding: async (subject, key) =>
        (await this.#toldOf(subject, key, 'Began')) && !(await this.#toldOf(subject, key, 'Ended')),
      isKnownGone: async (subject, key) =>
        (await this.#toldOf(subject, key, 'Ended')) ||
        (await this.#toldOf(subject, key, 'Repeated')),
      repeat: async (subject, keys: readonly Remembered[]) => {
        for (const { key, by, knownBy } of keys) {
          await this.#append(subject, 'Repeated', { key, by, knownBy });
        }
      },
    };
  }

  async #toldOf(subject: SubjectId, key: KeyId, type: string): Promise<boolean> {
    this.looks += 1;
    return (await this.#eventsOf(subject)).some(
      (event) => event.type === type && event.data.key === key,
    );
  }

  async #eventsOf(subject: SubjectId): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const page of this.log.read(streamName(subject), 0)) events.push(...page);
    return events;
  }

  async #append(subject: SubjectId, type: string, data: JsonObject): Promise<void> {
    const revision = (await this.#eventsOf(subject)).length - 1;
    const command = randomId<CommandId>();
    await this.log.append(streamName(subject), revision < 0 ? 'no-stream' : revision, [
      {
        id: randomId<EventId>(),
        type,
        data,
        metadata: {
          actor: 'ledger',
          purpose: 'test',
          source: 'ledger',
          command,
          fingerprint: 'sha256:none',
          correlation: command,
          schema: 1,
          recordedAt: this.clock.now(),
          salt: 'salt',
        },
      },
    ]);
  }
}
