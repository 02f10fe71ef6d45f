import type { LedgerId } from '#kernel';
import { InvalidInput } from '#kernel';

import { mongoPlace } from '../mongo-places.js';
import { withoutDatabase } from '../mongo-url.js';
import { assertNotRolledBack, originOf } from '../rolled-back.js';
import { DECLARED } from '../settings.js';
import type { Settings } from '../settings.js';
import { openSigner } from '../signing-keys.js';
import type { Stores } from '../stores.js';
import type { Mark } from './mark.js';

/** One end of a move: settings, and the stores that they name. */
export interface Side {
  readonly settings: Settings;
  readonly stores: Stores;
}

/** What is the same at both ends. */
export interface Moved {
  readonly ledger: LedgerId;
  /** Name under which the ledger signs. */
  readonly origin: string;
}

type Part = 'log' | 'vault' | 'views';

/** Which engines a ledger's stores are on, in words. */
export function enginesOf(settings: Settings): string {
  const log = settings.eventStoreDb === '' ? 'files' : 'EventStoreDB';
  return `${log} (log), ${settings.vaultUrl === '' ? 'files' : 'MongoDB'} (vault)`;
}

/**
 * Refuses, before anything is opened, what settings alone tell: the vault must move, since its mark
 * closes the source; where the log moves, views and tree do not come along and must be elsewhere.
 * @throws InvalidInput
 */
export function assertApart(from: Settings, to: Settings): void {
  const isSame = (part: Part) => placeOf(part, from) === placeOf(part, to);
  if (isSame('vault'))
    refuse('same-place', "the vault's place there is the one here: name another");
  if (!isSame('log') && isSame('views')) {
    refuse('same-views', 'views are made anew where the log moves: name another place for them');
  }
  if (from.origin !== to.origin) {
    throw new InvalidInput(DECLARED.origin.variable, 'differs', 'is the same here and there');
  }
}

function placeOf(part: Part, settings: Settings): string {
  if (part === 'log') {
    const { eventStoreDb, eventStoreDbPrefix, data } = settings;
    return eventStoreDb === '' ? data : `${eventStoreDb} ${eventStoreDbPrefix}`;
  }
  const place = mongoPlace(part, settings);
  return place === undefined ? settings.data : `${withoutDatabase(place.url)} ${place.database}`;
}

/**
 * Looks at both ends, and writes nothing: the source is a whole ledger and what was signed, the target
 * is empty or has what this move has brought there.
 * @throws InvalidInput; LogRolledBack
 */
export async function examine(from: Side, to: Side, isGoingOn: boolean): Promise<Moved> {
  const ledger = await ledgerAt(from);
  const origin = await originOf(from.stores.anchor, from.settings);
  await assertNotRolledBack(from.stores, origin);
  await assertRoomFor(ledger, to, isGoingOn);
  await assertSecrets(from, to, origin);
  if (placeOf('log', from.settings) !== placeOf('log', to.settings)) await assertNoViews(to);
  return { ledger, origin };
}

async function ledgerAt({ stores: { log, vault, anchor } }: Side): Promise<LedgerId> {
  const ledger = await vault.ledgerId();
  const isWhole = (await log.ledgerId()) === ledger && (await anchor.ledgerId()) === ledger;
  if (ledger !== undefined && isWhole) return ledger;
  throw new InvalidInput(DECLARED.data.variable, 'no-ledger', 'no whole ledger is here');
}

async function assertRoomFor(ledger: LedgerId, { stores }: Side, isGoingOn: boolean) {
  const ids = [
    await stores.log.ledgerId(),
    await stores.vault.ledgerId(),
    await stores.anchor.ledgerId(),
  ];
  if (ids.some((id) => id !== undefined && id !== ledger)) {
    refuse('another-ledger', 'another ledger is there');
  }
  if (!isGoingOn && (await stores.vault.ledgerId()) !== undefined) {
    refuse(
      'not-empty',
      'a vault of this ledger is there, and not from this move: name an empty place',
    );
  }
}

/** The folder of secrets is not copied here: it is the same, or a copy that people have made. */
async function assertSecrets(from: Side, to: Side, origin: string): Promise<void> {
  const { variable } = DECLARED.secrets;
  const there = new Set((await to.stores.keks.list()).map(({ id }) => id));
  const keks = await from.stores.vault.copying.keks();
  if (keks.some(({ id, state }) => state !== 'retired' && !there.has(id))) {
    throw new InvalidInput(
      variable,
      'kek-missing',
      'there has not every KEK: name the same folder',
    );
  }
  const key = await openSigner(from.stores.folder, origin, false);
  const other = await openSigner(to.stores.folder, origin, false).catch(() => undefined);
  if (other?.publicKey !== key.publicKey) {
    throw new InvalidInput(variable, 'signing-key', 'there has not the signing key that is here');
  }
}

async function assertNoViews({ stores: { views, tree } }: Side): Promise<void> {
  const isEmpty = (await views.builds()).length === 0 && (await tree.state()).size === 0;
  if (!isEmpty) refuse('views-not-empty', 'views of another log are there: name an empty place');
}

/**
 * The move that a target is of, undefined where it is of none yet.
 * @param begun the move that the source is closed for
 * @param isEmpty whether nothing has come to the target
 * @throws InvalidInput where it is of another
 */
export function moveTo(
  there: Mark | undefined,
  begun: string | undefined,
  isEmpty: boolean,
): string | undefined {
  if (begun !== undefined && there?.move !== begun) {
    refuse(
      'elsewhere',
      'the ledger is moving to another place: name that, or give it up: --reopen',
    );
  }
  if (there === undefined) return undefined;
  const isOfBegun = begun !== undefined && there.state !== 'given-up';
  // A move that ended before it had closed the source.
  const isUntouched = begun === undefined && there.state === 'arriving' && isEmpty;
  if (isOfBegun || isUntouched) return there.move;
  return refuse('not-empty', 'the place there belongs to another move: name an empty one');
}

export function refuse(rule: string, hint: string): never {
  throw new InvalidInput('--to', rule, hint);
}
