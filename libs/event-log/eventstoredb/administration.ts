import { ErrorType } from '@eventstore/db-client';

import {
  canonicalBytes,
  isJsonObject,
  Outage,
  randomId,
  type EventId,
  type JsonObject,
} from '#kernel';

import type { Expected } from '../port.js';
import type { Address } from './address.js';
import type { ConnectionSettings } from './connection.js';
import { Connections } from './connections.js';
import { kindOf, PART } from './failures.js';
import { streamPage } from './reads.js';
import { Users } from './users.js';

/** The newest event of a stream of the server's, and where the next one goes. */
export interface Document {
  readonly data: JsonObject | undefined;
  readonly expected: Expected;
}

/** Streams by which the server is told of rights, with the type of their events. */
const DOCUMENTS = {
  settings: { stream: '$settings', type: 'update-default-acl' },
  all: { stream: '$$$all', type: '$metadata' },
} as const;
type DocumentName = keyof typeof DOCUMENTS;

/** What an administrator does in a database. */
export class Administration {
  readonly #address: Address;
  readonly #keeping: ConnectionSettings;
  readonly #connections: Connections;

  constructor(address: Address, keeping: ConnectionSettings) {
    this.#address = address;
    this.#keeping = keeping;
    this.#connections = new Connections(address, keeping, () => undefined);
  }

  /** @throws errors of the client */
  async read(name: DocumentName): Promise<Document> {
    const { stream } = DOCUMENTS[name];
    const newest = { from: 'end', direction: 'backwards', count: 1 } as const;
    try {
      const [read] = await this.#connections.call((connection) =>
        streamPage(connection, stream, newest),
      );
      if (read?.event === undefined) return { data: undefined, expected: 'no-stream' };
      const data: unknown = read.event.data;
      return {
        data: isJsonObject(data) ? data : undefined,
        expected: Number(read.event.revision),
      };
    } catch (error) {
      if (kindOf(error) !== ErrorType.STREAM_NOT_FOUND) throw error;
      return { data: undefined, expected: 'no-stream' };
    }
  }

  /** @throws errors of the client; Outage `changed-meanwhile` where somebody else was first */
  async write(name: DocumentName, expected: Expected, data: JsonObject): Promise<void> {
    const { stream, type } = DOCUMENTS[name];
    const id = randomId<EventId>();
    const event = { id, type, metadata: canonicalBytes({}), data: canonicalBytes(data) };
    try {
      await this.#connections.call(({ appends }) =>
        appends.append(stream, { expected, events: [event] }),
      );
    } catch (error) {
      if (kindOf(error) !== ErrorType.WRONG_EXPECTED_VERSION) throw error;
      throw new Outage(PART, 'changed-meanwhile', { cause: error });
    }
  }

  /** Users, asked for at the node that the calls before went to: the one that leads. */
  async users(): Promise<Users> {
    const node = await this.#connections.call((connection) => connection.node());
    return new Users(this.#address, node, this.#keeping.timeLimitMillis);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }
}
