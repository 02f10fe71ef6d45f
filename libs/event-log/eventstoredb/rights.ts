import { ErrorType } from '@eventstore/db-client';

import { canonicalBytes, randomId, type EventId } from '#kernel';

import type { EncodedEvent } from '../append.js';
import type { Connection } from './connection.js';
import type { Connections } from './connections.js';
import { isDenied, kindOf, outageOf } from './failures.js';
import type { Names } from './names.js';
import { allPage, streamPage } from './reads.js';

/** What the database lets a user do: with the whole log, and with streams of the ledger. */
export interface Rights {
  readonly append: boolean;
  readonly readAll: boolean;
  readonly readMetadata: boolean;
  readonly delete: boolean;
  readonly tombstone: boolean;
  readonly writeMetadata: boolean;
}

/** What the ledger's user needs, and no more. */
export const LEDGERS_RIGHTS: Rights = {
  append: true,
  readAll: true,
  readMetadata: true,
  delete: false,
  tombstone: false,
  writeMetadata: false,
};

/** A revision that no stream has. */
const NEVER = Number.MAX_SAFE_INTEGER;
/** Answers to who was allowed to ask. */
const ALLOWED: ReadonlySet<ErrorType | undefined> = new Set([
  ErrorType.STREAM_NOT_FOUND,
  ErrorType.WRONG_EXPECTED_VERSION,
]);
const newest = { from: 'end', direction: 'backwards', count: 1 } as const;

/**
 * Tries what the user may do, without a trace: each write is asked for at a revision that its stream
 * cannot have, so that it is refused for want of the right, or else for that.
 * @throws Outage `not-authenticated` where the password is wrong, and as all calls
 */
export async function rightsOf(connections: Connections, { probe }: Names): Promise<Rights> {
  const allowed = async (ask: (connection: Connection) => Promise<unknown>) => {
    try {
      await connections.call(ask);
    } catch (error) {
      if (isDenied(error)) return false;
      if (!ALLOWED.has(kindOf(error))) throw outageOf(error);
    }
    return true;
  };
  const append = { expected: NEVER, events: [probeEvent()] };
  const remove = { expectedRevision: BigInt(NEVER), requiresLeader: true };
  const [mayAppend, readAll, readMetadata, mayDelete, tombstone, writeMetadata] = await Promise.all(
    [
      allowed(({ appends }) => appends.append(probe, append)),
      allowed((connection) => allPage(connection, newest)),
      allowed((connection) => streamPage(connection, `$$${probe}`, newest)),
      allowed((connection) => connection.deleteStream(probe, remove)),
      allowed((connection) => connection.tombstoneStream(probe, remove)),
      allowed(({ appends }) => appends.append(`$$${probe}`, append)),
    ],
  );
  return {
    append: mayAppend,
    readAll,
    readMetadata,
    delete: mayDelete,
    tombstone,
    writeMetadata,
  };
}

function probeEvent(): EncodedEvent {
  const nothing = canonicalBytes({});
  return { id: randomId<EventId>(), type: 'Probe', metadata: nothing, data: nothing };
}
