import { randomUUID } from 'node:crypto';

import type { TreeHead } from '#evidence';
import type { Clock, Position } from '#kernel';
import { faultPoint, START } from '#kernel';
import type { Anchor, CopiedTable, SignedHead } from '#vault';

import type { Settings } from '../settings.js';
import { openStores } from '../stores.js';
import { whileThere } from './alone.js';
import { compareLogs } from './compare-logs.js';
import { copyLog } from './copy-log.js';
import { copyAnchor, copyVault } from './copy-vault.js';
import { assertHere, readMark, removeMark, writeMark } from './mark.js';
import { assertApart, enginesOf, examine, moveTo } from './sides.js';
import type { Moved, Side } from './sides.js';

/** A move of a ledger from the place of some settings to that of others. */
export interface Migration {
  readonly from: Settings;
  readonly to: Settings;
  readonly clock: Clock;
  readonly onProblem: (code: string) => void;
  /** Told how far it is: events of the log, that were copied or compared, of about so many. */
  readonly onEvents: (stage: 'copy' | 'compare', events: number, total: number) => void;
  readonly onRows: (table: CopiedTable, rows: number) => void;
}

/** What a move came to. */
export interface Migrated {
  /**
   * The tree over what the target gives back; the source's is the same. Undefined where the move was
   * finished before: the target may have gone on.
   */
  readonly head: TreeHead | undefined;
}

/**
 * Appends that are under way at once where the target is a file: they are carried out as they were asked
 * for. On a server they are one after another, since it promises no order.
 */
const TOGETHER_IN_FILES = 500;

/** Notes that say how far something has come in the log, and are not just gone through again. */
const PLACES = ['link-follower'] as const;

/**
 * Moves a ledger: closes the source, copies anchor, vault and log, compares the logs, and opens the
 * target. Killed at any point it may be run again, and goes on.
 * @throws InvalidInput where this is no move, IntegrityError, Outage
 */
export async function migrate(migration: Migration): Promise<Migrated> {
  const { from, to } = migration;
  assertApart(from, to);
  return withSide(migration, from, (source) =>
    withSide(migration, to, (target) =>
      whileThere(source.stores.vault, from, migration.onProblem, (assertAlone) =>
        new Move(migration, source, target).run(assertAlone),
      ),
    ),
  );
}

/** Opens the stores of one end. */
export async function withSide<T>(
  { clock, onProblem }: Pick<Migration, 'clock' | 'onProblem'>,
  settings: Settings,
  work: (side: Side) => Promise<T>,
): Promise<T> {
  const stores = await openStores(settings, clock, onProblem);
  try {
    return await work({ settings, stores });
  } finally {
    await stores.close();
  }
}

class Move {
  constructor(
    private readonly migration: Migration,
    private readonly source: Side,
    private readonly target: Side,
  ) {}

  async run(assertAlone: () => Promise<void>): Promise<Migrated> {
    const begun = await this.#begun();
    const there = await readMark(this.target.stores.vault.notes);
    const isEmpty = (await this.target.stores.vault.ledgerId()) === undefined;
    const move = moveTo(there, begun, isEmpty) ?? randomUUID();
    if (there?.state === 'arrived') return { head: undefined };
    const moved = await examine(this.source, this.target, begun !== undefined);
    // The target first: the id that closes the source is that of one place, and of no other.
    if (there === undefined) await this.#mark(this.target, move, 'arriving');
    faultPoint('migrate.arriving');
    await this.#close(move, assertAlone, begun === undefined);
    const { head, places } = await this.#copy(moved);
    faultPoint('migrate.compared');
    const { notes } = this.target.stores.vault;
    for (const [name, place] of places) await notes.setNote(name, place);
    await this.#mark(this.source, move, 'moved');
    faultPoint('migrate.closed');
    await this.#mark(this.target, move, 'arrived');
    return { head };
  }

  /** The move that the source is closed for. @throws IntegrityError where no whole ledger is here */
  async #begun(): Promise<string | undefined> {
    const { notes } = this.source.stores.vault;
    const here = await readMark(notes);
    if (here?.state === 'moving' || here?.state === 'moved') return here.move;
    await assertHere(notes);
    return undefined;
  }

  /**
   * The mark comes before it is looked who else is there: whoever opens the ledger shows itself first,
   * and then looks for the mark.
   */
  async #close(move: string, assertAlone: () => Promise<void>, isNew: boolean): Promise<void> {
    const { notes } = this.source.stores.vault;
    const before = await readMark(notes);
    if (isNew) await this.#mark(this.source, move, 'moving');
    try {
      await assertAlone();
    } catch (error) {
      if (isNew) await (before === undefined ? removeMark(notes) : writeMark(notes, before));
      throw error;
    }
    faultPoint('migrate.marked');
  }

  #mark(side: Side, move: string, state: 'moving' | 'moved' | 'arriving' | 'arrived') {
    const to = enginesOf(this.migration.to);
    const at = this.migration.clock.now();
    return writeMark(side.stores.vault.notes, { move, state, at, to });
  }

  async #copy(moved: Moved) {
    const { stores: from } = this.source;
    const { stores: to, settings } = this.target;
    const { onRows, onEvents } = this.migration;
    await copyAnchor(from.anchor, to.anchor, moved.ledger);
    await copyVault(from.vault.copying, to.vault.copying, moved.ledger, onRows);
    await to.log.claim(moved.ledger);
    const total = await this.#total();
    const together = settings.eventStoreDb === '' ? TOGETHER_IN_FILES : 1;
    await copyLog(from.log, to.log, together, (events) => {
      onEvents('copy', events, total);
    });
    return this.#compare(moved);
  }

  async #compare({ origin }: Moved) {
    const { stores: from } = this.source;
    const noted = new Map<string, Position>();
    for (const name of PLACES) {
      const place = await from.vault.notes.note(name);
      if (place !== undefined) noted.set(name, place as Position);
    }
    const total = await this.#total();
    const heads = await headsOf(from.anchor, origin);
    const compared = await compareLogs(
      from.log,
      this.target.stores.log,
      heads,
      [...noted.values()],
      (events) => {
        this.migration.onEvents('compare', events, total);
      },
    );
    const places = [...noted].map(
      ([name, place]) => [name, compared.places.get(place) ?? START] as const,
    );
    return { head: compared.head, places };
  }

  /** About how many events there are: a log in a file counts them, and the tree has those it has seen. */
  async #total(): Promise<number> {
    const { log, tree } = this.source.stores;
    const { size } = await tree.state();
    const head = await log.head();
    return Math.max(size, /^\d{16}$/.test(head) ? Number(head) : 0);
  }
}

async function headsOf(anchor: Anchor, origin: string): Promise<readonly SignedHead[]> {
  const heads: SignedHead[] = [];
  for await (const page of anchor.heads()) {
    heads.push(...page.filter((head) => head.origin === origin));
  }
  return heads;
}
