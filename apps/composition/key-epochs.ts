import { randomUUID } from 'node:crypto';

import { keyEpochDecider, KEYS_STREAM } from '#accountability';
import type { KekStep } from '#accountability';
import { stepIdOf } from '#commands';
import type { EventId, KekId } from '#kernel';
import { faultPoint, isRefusal, millisOf, Outage } from '#kernel';
import type { KekStatus, Notes, RewrapProgress } from '#vault';

import { backupVault, removeExpired } from './backups.js';
import { notesUnder, onceUnderLease } from './leased.js';
import type { Ledger } from './ledger.js';

/** Steps of a rotation at which a crash is tested. */
export const KEY_EPOCH_FAULT_POINTS = [
  'rotation.begun',
  'rotation.recorded',
  'rotation.rewrapped',
  'rotation.backed-up',
] as const;

/** Note in the vault: the KEK since whose rotation a copy of the vault was taken. */
const BACKED_UP = 'backed-up-under';
/** Lease under which it is taken. */
const BACKUP = 'vault-backup';

const BATCH = 500;
const DAY_MILLIS = 24 * 60 * 60 * 1000;

/**
 * The epochs of key-encryption keys: replaced when due, everything live rewrapped, the old one
 * destroyed after the backup time. Every step is recorded, and repeated without harm.
 */
export class KeyEpochs {
  constructor(private readonly ledger: Ledger) {}

  /** What time brings: rotates where that is due, goes on with a rewrapping, retires what is due. */
  async round(): Promise<void> {
    const status = await this.#status();
    const current = status.find(({ state }) => state === 'current');
    if (current?.overdue === true) await this.rotate();
    else await this.rewrap();
    await this.retireDue();
  }

  /** Rotates now. @param onProgress told after each batch */
  async rotate(onProgress?: (progress: RewrapProgress) => void): Promise<KekId> {
    const kek = await this.ledger.stores.vault.rotation.beginRotation();
    faultPoint('rotation.begun');
    await this.#record({ do: 'rotated', kek });
    faultPoint('rotation.recorded');
    await this.rewrap(onProgress);
    return kek;
  }

  /** Rewraps what is left under older KEKs; goes on where a crash left it. */
  async rewrap(onProgress?: (progress: RewrapProgress) => void): Promise<void> {
    for (;;) {
      const progress = await this.ledger.stores.vault.rotation.rewrapBatch(BATCH);
      onProgress?.(progress);
      if (progress.remaining === 0) break;
      if (progress.rewrapped === 0) throw new Outage('vault', 'rewrapping does not go on');
    }
    faultPoint('rotation.rewrapped');
    await this.#backUp();
  }

  /** Copies of the vault from before a rotation will not open: each rotation takes one anew, once. */
  async #backUp(): Promise<void> {
    const { stores, settings } = this.ledger;
    if (settings.backup === '' || stores.vault.backup === undefined) return;
    const { leases } = stores.vault;
    const { leaseMillis: ttlMillis, waitMillis } = settings;
    // A holder for each call: whoever rotates beside, in this process too, waits for its turn.
    const leasing = { leases, holder: randomUUID(), ttlMillis };
    await onceUnderLease(leasing, BACKUP, ttlMillis + waitMillis, (epoch) =>
      this.#backUpOnce(notesUnder(stores.vault.notes, epoch)),
    );
  }

  async #backUpOnce(notes: Notes): Promise<void> {
    const { id: ledger, stores, settings, clock } = this.ledger;
    const { backup: into, backupMillis } = settings;
    const takenAt = clock.now();
    await removeExpired(into, ledger, takenAt);
    const status = await this.#status();
    const current = status.find(({ state }) => state === 'current');
    const hasRotated = status.some(({ state }) => state === 'retiring' || state === 'retired');
    if (current === undefined || !hasRotated) return;
    if ((await notes.note(BACKED_UP)) === current.id) return;
    await backupVault({ stores, ledger, into, takenAt, backupMillis });
    faultPoint('rotation.backed-up');
    await notes.setNote(BACKED_UP, current.id);
  }

  /** Destroys KEKs whose time has come, and records it; a day late is recorded as missed. */
  async retireDue(): Promise<void> {
    for (const kek of await this.ledger.stores.vault.rotation.retireDue()) {
      await this.#record({
        do: 'retired',
        kek: kek.id,
        dueAt: kek.dueAt,
        retiredAt: kek.retiredAt,
      });
    }
    const now = millisOf(this.ledger.clock.now());
    for (const { id: kek, state, dueAt, retiredAt } of await this.#status()) {
      if (dueAt === undefined) continue;
      // One that a crash has kept from being recorded is recorded now.
      if (retiredAt !== undefined) await this.#record({ do: 'retired', kek, dueAt, retiredAt });
      const isLate = now - millisOf(dueAt) > DAY_MILLIS;
      if (state === 'retiring' && isLate) await this.#record({ do: 'missed', kek, dueAt });
    }
  }

  #status(): Promise<readonly KekStatus[]> {
    return this.ledger.stores.vault.rotation.kekStatus();
  }

  async #record(step: KekStep): Promise<void> {
    const outcome = await this.ledger
      .handlerOf(() => keyEpochDecider)
      .handle({
        stream: KEYS_STREAM,
        id: stepIdOf(step.kek as EventId, step.do),
        command: step,
        content: { do: step.do, kek: step.kek },
        actor: 'ledger',
        purpose: 'data-subject-rights',
        source: 'ledger',
      });
    if (isRefusal(outcome)) throw new Outage('event-log', outcome.code);
  }
}
