import { createHmac } from 'node:crypto';

import { stepIdOf } from '#commands';
import type { EventId, Refusal, SubjectId } from '#kernel';
import { isRefusal, refuse } from '#kernel';
import type { VaultStore } from '#vault';

import { customerStream, subjectOf } from '../ids.js';
import { currentKey, generationScope } from '../state.js';
import { foldNumber } from '../views/search-words.js';
import type { CustomerHandler } from './customer-handler.js';

const SECRET = 'customer-number';

/**
 * Customer numbers are unique. A number is reserved as a keyed hash that names its stream before the
 * registration is appended, and freed when the key of the customer's identity is destroyed.
 */
export class CustomerNumbers {
  constructor(
    private readonly store: Pick<VaultStore, 'vault' | 'secrets' | 'reservations'>,
    private readonly handler: CustomerHandler,
  ) {}

  /** Registers while the number is reserved for the customer; 409 if another one has it. */
  async whileReserved<T>(
    subject: SubjectId,
    number: string | undefined,
    register: () => Promise<T | Refusal>,
  ): Promise<T | Refusal> {
    if (number === undefined) return register();
    const hash = await this.#hash(number);
    const refused = await this.#reserve(hash, subject);
    if (refused !== undefined) return refused;
    const outcome = await register();
    if (isRefusal(outcome)) await this.#releaseIfUnused(hash, subject);
    return outcome;
  }

  /** The stream that has a number, if one has: for looking, without reserving. */
  async holderOf(number: string): Promise<string | undefined> {
    return this.store.reservations.holder(await this.#hash(number));
  }

  async #reserve(hash: string, subject: SubjectId): Promise<Refusal | undefined> {
    const wanted = { subject, category: 'identity', scope: generationScope(1) } as const;
    const [key] = await this.store.vault.provision([wanted]);
    // Registered before, and erased or rectified since: the answer is in the stream, and a number
    // under a key that is gone would never be freed.
    if (key?.state !== 'live') return undefined;
    key.dek.fill(0);
    const stream = customerStream(subject);
    let holder = await this.store.reservations.reserve(hash, stream, key.ref.key);
    if (holder !== stream && (await this.#freeOrphan(hash, holder))) {
      holder = await this.store.reservations.reserve(hash, stream, key.ref.key);
    }
    return holder === stream ? undefined : inUse();
  }

  /**
   * Frees a number whose holder was erased (an old copy of the vault may have brought it back), or
   * whose registration never came: the stream is closed first, at the revision read, so that a
   * registration that comes late conflicts and is refused.
   */
  async #freeOrphan(hash: string, holder: string): Promise<boolean> {
    const subject = subjectOf(holder as ReturnType<typeof customerStream>);
    if (subject === undefined) return false;
    const stream = customerStream(subject);
    const before = await this.handler.look(stream, ({ revision, state }) => ({
      revision,
      dropped: state.dropped,
      erased: currentKey(state, 'identity')?.state === 'gone',
    }));
    if (before.erased) {
      await this.store.reservations.release(hash, stream);
      return true;
    }
    if (before.revision >= 0 && !before.dropped) return false;
    const outcome = await this.handler.handle({
      stream,
      id: stepIdOf(subject as string as EventId, 'drop-reservation'),
      command: { do: 'drop-reservation', subject },
      content: { do: 'drop-reservation' },
      actor: 'ledger',
      purpose: 'customer-register',
      source: 'ledger',
    });
    if (isRefusal(outcome) || (outcome.events.length === 0 && !before.dropped)) return false;
    await this.store.reservations.release(hash, stream);
    return true;
  }

  async #releaseIfUnused(hash: string, subject: SubjectId): Promise<void> {
    const stream = customerStream(subject);
    const revision = await this.handler.look(stream, (fold) => fold.revision);
    if (revision < 0) await this.#freeOrphan(hash, stream);
  }

  async #hash(number: string): Promise<string> {
    const key = await this.store.secrets.secret(SECRET);
    const hash = createHmac('sha256', key).update(foldNumber(number)).digest('base64url');
    key.fill(0);
    return hash;
  }
}

function inUse(): Refusal {
  return refuse(
    'conflict',
    'customer-number-in-use',
    'Another customer has this customer number.',
    'identity.customerNumber',
  );
}
