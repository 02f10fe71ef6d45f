import { join } from 'node:path';

import type { InspectedLog } from '#event-log';
import { inspectSqliteLog } from '#event-log/sqlite';
import type { InspectedTree, TreeHead } from '#evidence';
import { fromBase64url } from '#evidence';
import { inspectSqliteTree } from '#evidence/sqlite';
import type { Anchor, KeyStates } from '#vault';
import { openFileAnchor } from '#vault/file';
import { inspectSqliteKeys } from '#vault/sqlite';

import type { Settings } from '../../composition/index.js';
import { mongoPlace } from '../../composition/mongo-places.js';
import { originOf } from '../../composition/rolled-back.js';
import { SecretsFolder } from '../../composition/secrets-folder.js';
import { FILES } from '../../composition/stores.js';

/** What is verified: a ledger where the settings say, or a copy of its log alone. */
export type Verified =
  { readonly settings: Settings } | { readonly settings: Settings; readonly copy: string };

/**
 * The stores as an audit looks at them: nothing is made, changed or waited for, also beside a server.
 * Undefined comes where there is no such store.
 */
export class VerifiedStores {
  readonly #settings: Settings;
  readonly #copy: string | undefined;
  #held: HeldLog | undefined;

  constructor(verified: Verified) {
    this.#settings = verified.settings;
    this.#copy = 'copy' in verified ? verified.copy : undefined;
  }

  /** Whether only a copy of a log is there. */
  get isCopy(): boolean {
    return this.#copy !== undefined;
  }

  /** Whether the log counts its events, so that any number is a place to read from. */
  get countsEvents(): boolean {
    return this.isCopy || this.#settings.eventStoreDb === '';
  }

  async log<T>(work: (log: InspectedLog) => Promise<T>): Promise<T | undefined> {
    const { eventStoreDb, eventStoreDbPrefix, eventStoreDbMillis } = this.#settings;
    if (this.countsEvents) return inspectSqliteLog(this.#copy ?? this.#file('log'), work);
    const { inspectEventStoreDbLog } = await import('#event-log/eventstoredb');
    const options = { prefix: eventStoreDbPrefix, timeLimitMillis: eventStoreDbMillis };
    return inspectEventStoreDbLog(eventStoreDb, options, work);
  }

  /**
   * The log, open for as long as these stores are: on a server it is opened once, and does not read a
   * stream again that it has read with a page. A file is looked at anew each time, which somebody may
   * open meanwhile.
   */
  async held<T>(work: (log: InspectedLog) => Promise<T>): Promise<T | undefined> {
    if (this.countsEvents) return this.log(work);
    this.#held ??= new HeldLog((hold) => this.log(hold));
    return work(await this.#held.log);
  }

  async close(): Promise<void> {
    await this.#held?.close();
  }

  async tree<T>(work: (tree: InspectedTree) => Promise<T>): Promise<T | undefined> {
    if (this.isCopy) return undefined;
    // It stands beside the views.
    const place = mongoPlace('views', this.#settings);
    if (place === undefined) return inspectSqliteTree(this.#file('tree'), work);
    const { inspectMongoTree } = await import('#evidence/mongodb');
    return inspectMongoTree(place.url, place, work);
  }

  async keys<T>(work: (keys: KeyStates) => Promise<T>): Promise<T | undefined> {
    if (this.isCopy) return undefined;
    const place = mongoPlace('vault', this.#settings);
    if (place === undefined) return inspectSqliteKeys(this.#file('vault'), work);
    const { inspectMongoKeys } = await import('#vault/mongodb');
    return inspectMongoKeys(place.url, place, work);
  }

  /** The newest head that was claimed in the anchor under a name. */
  async anchored(origin: string): Promise<TreeHead | undefined> {
    if (this.isCopy) return undefined;
    const last = await this.#anchor((anchor) => anchor.lastHead(origin));
    const root = fromBase64url(last?.root ?? '');
    return last === undefined || root === undefined ? undefined : { size: last.size, root };
  }

  /** The name under which the ledger signs. */
  async origin(): Promise<string> {
    return this.#anchor((anchor) => originOf(anchor, this.#settings));
  }

  async #anchor<T>(
    work: (anchor: Pick<Anchor, 'lastHead' | 'restored'>) => Promise<T>,
  ): Promise<T> {
    const place = mongoPlace('anchor', this.#settings);
    if (place === undefined) {
      return work(await openFileAnchor(new SecretsFolder(this.#settings.secrets).anchor));
    }
    const { inspectMongoAnchor } = await import('#vault/mongodb');
    return inspectMongoAnchor(place.url, place, work);
  }

  #file(store: keyof typeof FILES): string {
    return join(this.#settings.data, FILES[store]);
  }
}

/** A log that stays open until it is closed. */
class HeldLog {
  readonly log: Promise<InspectedLog>;
  #done: Promise<unknown> = Promise.resolve();
  #close: () => void = () => undefined;

  constructor(open: (hold: (log: InspectedLog) => Promise<void>) => Promise<unknown>) {
    const closed = new Promise<void>((resolve) => {
      this.#close = resolve;
    });
    this.log = new Promise((resolve, reject) => {
      this.#done = open((log) => {
        resolve(log);
        return closed;
      }).catch(reject);
    });
  }

  async close(): Promise<void> {
    this.#close();
    await this.#done;
  }
}
