import { MongoClient, type Document } from 'mongodb';

/** What keeps a primary that has heard of a later one from stepping down. */
const STAYS = 'blockHeartbeatStepdown';

/**
 * A replica set in which the primary goes on answering while another is elected, as one does that was
 * cut off from the majority and has not noticed yet. It must have fail points.
 */
export class TwoPrimaries {
  /** Of a process that is cut off with the old primary, and knows no other member. */
  readonly oldUrl: string;
  readonly #clients: ReadonlyMap<string, MongoClient>;

  private constructor(
    private readonly old: string,
    hosts: readonly string[],
  ) {
    this.oldUrl = urlOf(old);
    this.#clients = new Map(hosts.map((host) => [host, new MongoClient(urlOf(host))]));
  }

  /** Finds the members; nothing has happened yet. */
  static async of(client: MongoClient): Promise<TwoPrimaries> {
    const { primary, hosts } = await client.db('admin').command({ hello: 1 });
    return new TwoPrimaries(primary as string, hosts as string[]);
  }

  /** Has another primary elected; resolves when the third member follows it. */
  async elect(): Promise<void> {
    await this.#on(this.old, { configureFailPoint: STAYS, mode: 'alwaysOn' });
    const [next = '', third = ''] = [...this.#clients.keys()].filter((host) => host !== this.old);
    // Refused while it has not caught up.
    await until(() => this.#on(next, { replSetStepUp: 1 }));
    await until(async () => (await this.#on(next, { hello: 1 })).isWritablePrimary === true);
    await until(async () => {
      await this.#on(third, { replSetSyncFrom: next });
      const followed = { w: 'majority', wtimeout: 1_000 };
      const note = { appendOplogNote: 1, data: {}, writeConcern: followed };
      return (await this.#on(next, note)).writeConcernError === undefined;
    });
  }

  /** Lets the old primary step down; resolves when there is one, and the others follow it. */
  async end(): Promise<void> {
    await this.#on(this.old, { configureFailPoint: STAYS, mode: 'off' });
    await until(async () => {
      const hosts = [...this.#clients.keys()];
      const says = await Promise.all(hosts.map((host) => this.#on(host, { hello: 1 })));
      const primaries = says.filter(({ isWritablePrimary }) => isWritablePrimary === true);
      return (
        primaries.length === 1 && says.filter(({ secondary }) => secondary === true).length === 2
      );
    });
    for (const client of this.#clients.values()) await client.close();
  }

  async #on(host: string, command: Document): Promise<Document> {
    const client = this.#clients.get(host);
    if (client === undefined) throw new Error('there is no such member');
    return client.db('admin').command(command);
  }
}

/** Does a thing until it is true, or gives something. A member that rolls back closes connections. */
async function until(work: () => Promise<unknown>): Promise<void> {
  while ((await work().catch(() => false)) === false);
}

function urlOf(host: string): string {
  return `mongodb://${host}/?directConnection=true`;
}
