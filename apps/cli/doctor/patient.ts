import { join } from 'node:path';

import { endingsView } from '#customers';
import type { InspectedLog } from '#event-log';
import { inspectSqliteLog } from '#event-log/sqlite';
import type { Clock, Instant, LedgerId, Position } from '#kernel';
import { Outage } from '#kernel';
import type { Anchor, InspectedVault, KekEntry } from '#vault';
import { openFileAnchor, openFileKeks } from '#vault/file';
import { inspectSqliteVault } from '#vault/sqlite';
import type { Build, InspectedViews } from '#views';
import { inspectSqliteViews } from '#views/sqlite';

import type { Settings } from '../../composition/index.js';
import { FILES, mongoPlace } from '../../composition/index.js';
import { SecretsFolder } from '../../composition/secrets-folder.js';
import { NotLooked } from './check.js';
import { within } from './within.js';

/** How long a store has for all that is asked of it. An election of MongoDB's is waited for in it. */
const STORE_MILLIS = 12_000;
/** Enough of an anchor to know that it can be read. */
const ANCHOR_KEYS = 100_000;

export interface SeenLog {
  readonly ledger: string | undefined;
  readonly head: Position;
  readonly newestAt: Instant | undefined;
}

export interface SeenViews {
  readonly ledger: string | undefined;
  readonly builds: readonly Build[];
  /** Events whose keys are still to be destroyed; undefined where that view answers no queries. */
  readonly endings: { readonly count: number; readonly oldest: Instant | undefined } | undefined;
}

export interface SeenAnchor {
  readonly ledger: LedgerId | undefined;
  /** How many keys were read; `isWhole`: it has no more. */
  readonly keys: number;
  readonly isWhole: boolean;
}

/**
 * The ledger that is looked at, each store by itself, once, and only when a theme asks for it.
 * Undefined is what is not there at all. Nothing is written and nothing made.
 */
export class Patient {
  readonly folder: SecretsFolder;

  constructor(
    readonly settings: Settings,
    readonly clock: Clock,
  ) {
    this.folder = new SecretsFolder(settings.secrets);
  }

  readonly log = once(() => this.withLog(seenLog));
  readonly vault = once(() => within('vault', STORE_MILLIS, this.#vault()));
  readonly views = once(() => within('views', STORE_MILLIS, this.#views()));
  readonly anchor = once(() => within('anchor', STORE_MILLIS, this.#anchor()));
  readonly keks = once(() => within('kek', STORE_MILLIS, this.#keks()));

  /**
   * Whether a ledger is here at all: `none` is what a first start begins with, `unknown` where nothing
   * is here, and not all parts could be asked.
   */
  readonly standing = once(async (): Promise<'some' | 'none' | 'unknown'> => {
    const asked = await Promise.allSettled([
      this.log(),
      this.vault(),
      this.anchor(),
      this.#anyKek(),
    ]);
    const isThere = asked.some(
      (one) => one.status === 'fulfilled' && one.value?.ledger !== undefined,
    );
    if (isThere) return 'some';
    return asked.every(({ status }) => status === 'fulfilled') ? 'none' : 'unknown';
  });

  /** Whether a process is there that works on the ledger; false where that cannot be told. */
  async hasProcesses(): Promise<boolean> {
    const vault = await this.vault().catch(() => undefined);
    return (vault?.present.length ?? 0) > 0;
  }

  /** Looks into the log again: what was seen before may have been overtaken. */
  async withLog<T>(work: (log: InspectedLog) => Promise<T>): Promise<T | undefined> {
    const { eventStoreDb, eventStoreDbPrefix, eventStoreDbMillis } = this.settings;
    const file = this.#file('log');
    const options = { prefix: eventStoreDbPrefix, timeLimitMillis: eventStoreDbMillis };
    return within('event-log', STORE_MILLIS, inspected());

    async function inspected(): Promise<T | undefined> {
      if (eventStoreDb === '') return inspectSqliteLog(file, work);
      const { inspectEventStoreDbLog } = await import('#event-log/eventstoredb');
      return inspectEventStoreDbLog(eventStoreDb, options, work);
    }
  }

  async #vault(): Promise<InspectedVault | undefined> {
    const options = { keks: await this.#kekStore(), clock: this.clock };
    const place = mongoPlace('vault', this.settings);
    if (place === undefined) return inspectSqliteVault(this.#file('vault'), options);
    const { inspectMongoVault } = await import('#vault/mongodb');
    return inspectMongoVault(place.url, { ...options, ...place });
  }

  async #views(): Promise<SeenViews | undefined> {
    const place = mongoPlace('views', this.settings);
    if (place === undefined) return inspectSqliteViews(this.#file('views'), seenViews);
    const { inspectMongoViews } = await import('#views/mongodb');
    return inspectMongoViews(place.url, place, seenViews);
  }

  async #anchor(): Promise<SeenAnchor> {
    const place = mongoPlace('anchor', this.settings);
    if (place === undefined) return seenAnchor(await openFileAnchor(this.folder.anchor));
    const { inspectMongoAnchor } = await import('#vault/mongodb');
    return inspectMongoAnchor(place.url, place, seenAnchor);
  }

  async #keks(): Promise<readonly KekEntry[]> {
    return (await this.#kekStore()).list();
  }

  async #anyKek(): Promise<KekEntry | undefined> {
    return (await this.keks())[0];
  }

  #file(store: keyof typeof FILES): string {
    return join(this.settings.data, FILES[store]);
  }

  #kekStore() {
    return openFileKeks(this.folder.keks, this.clock);
  }
}

/** What a theme needs and another reports: it is out, or not there. @throws NotLooked */
export async function needed<T>(what: string, part: Promise<T | undefined>): Promise<T> {
  let found: T | undefined;
  try {
    found = await part;
  } catch {
    throw new NotLooked(`the ${what} could not be read`);
  }
  if (found === undefined) throw new NotLooked(`there is no ${what} to look at`);
  return found;
}

async function seenLog(log: InspectedLog): Promise<SeenLog> {
  const ledger = await log.ledgerId();
  const newestAt = (await log.newest())?.metadata.recordedAt;
  return { ledger, head: await log.head(), newestAt };
}

async function seenViews(views: InspectedViews): Promise<SeenViews> {
  const [ledger, builds] = [await views.ledgerId(), await views.builds()];
  return { ledger, builds, endings: await endingsOf(views) };
}

async function seenAnchor(anchor: Pick<Anchor, 'ledgerId' | 'destroyed'>): Promise<SeenAnchor> {
  const ledger = await anchor.ledgerId();
  let keys = 0;
  for await (const page of anchor.destroyed()) {
    keys += page.length;
    if (keys >= ANCHOR_KEYS) return { ledger, keys, isWhole: false };
  }
  return { ledger, keys, isWhole: true };
}

async function endingsOf(views: InspectedViews): Promise<SeenViews['endings']> {
  const page = { sort: { field: 'at', direction: 1 }, limit: 1 } as const;
  try {
    const [oldest] = await views.find(endingsView, {}, page);
    return { count: await views.count(endingsView, {}), oldest: oldest?.doc.at };
  } catch (error) {
    if (error instanceof Outage && error.reason === 'rebuilding') return undefined;
    throw error;
  }
}

/** Makes something when it is first asked for, and keeps it, also where that fails. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
