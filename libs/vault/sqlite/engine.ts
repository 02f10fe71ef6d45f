import { IntegrityError, type Clock, type LedgerId } from '#kernel';
import {
  claimFor,
  ledgerIdOf,
  type Database,
  type GroupCommit,
  type Statement,
} from '#sqlite-file';

import type { KekRing } from './kek-ring.js';
import { reading } from './reading.js';
import { PART } from './schema.js';

/** What the parts of an open vault share. */
export interface Engine {
  /** Written on only inside {@link GroupCommit.run}. */
  readonly writer: Database;
  readonly reader: Database;
  readonly commit: GroupCommit;
  readonly keks: KekRing;
  readonly ledger: LedgerCell;
  readonly clock: Clock;
  /** How long a truncation of the write-ahead log waits for readers, in milliseconds. */
  readonly checkpointLimitMillis: number;
}

/** The ledger's id, which every wrapped key is bound to. It is set once, so it is read once. */
export class LedgerCell {
  #id: LedgerId | undefined;

  constructor(private readonly reader: Database) {}

  read(): LedgerId | undefined {
    this.#id ??= reading(() => ledgerIdOf(this.reader)) as LedgerId | undefined;
    return this.#id;
  }

  /** @throws IntegrityError `vault-unclaimed` */
  get(): LedgerId {
    const id = this.read();
    if (id === undefined) throw new IntegrityError('vault-unclaimed', 'the vault has no ledger');
    return id;
  }

  /** Sets it, inside a transaction. @throws IntegrityError `ledger-id-differs` */
  claim(writer: Database, ledger: LedgerId): void {
    claimFor(writer, PART, ledger);
  }
}

/** Thrown inside a transaction: another process has rotated since the KEK was looked up. */
export class KekChanged extends Error {}

/** Looks, inside a transaction, that a KEK is still the one to wrap under. */
export class CurrentKekGuard {
  readonly #current: Statement<{ readonly number: number }>;

  constructor(writer: Database) {
    this.#current = writer.prepare("SELECT number FROM keks WHERE state = 'current'");
  }

  /** @throws KekChanged */
  assert(number: number): void {
    if (this.#current.get()?.number !== number) throw new KekChanged();
  }
}

/** Repeats work under the KEK that is current, until no rotation comes in between. */
export async function underCurrentKek<T>(keks: KekRing, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KekChanged)) throw error;
      keks.forgetCurrent();
    }
  }
}
