import {
  BSON,
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  type WriteError,
} from 'mongodb';

import { errorCode, IntegrityError, Outage } from '#kernel';

const DUPLICATE_KEY = 11_000;
const LOST = 'connection-lost';

/** What Node says of a socket: the driver lets it through where a server goes while it is written to. */
const SOCKET_CODES: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ETIMEDOUT',
]);

/** Most documents or ids of one command: each command has the whole time limit for itself. */
const CHUNK = 1_000;

/**
 * The error that callers of a port see: an {@link Outage} for whatever the driver says, the error
 * itself where it is none of the driver's. The driver's own is not kept as the cause: its message may
 * quote keys, documents, or the address with its password.
 */
export function portError(part: string, error: unknown): unknown {
  if (error instanceof MongoError) return new Outage(part, reasonOf(error));
  if (error instanceof BSON.BSONError) {
    return new IntegrityError('store-corrupt', `${part}: a document cannot be read`);
  }
  return SOCKET_CODES.has(errorCode(error)) ? new Outage(part, LOST) : error;
}

function reasonOf(error: MongoError): string {
  if (error instanceof MongoNetworkTimeoutError) return 'timeout';
  if (error instanceof MongoNetworkError) return LOST;
  if (error instanceof MongoServerSelectionError) return 'unreachable';
  if (!(error instanceof MongoServerError) || error.code === undefined) return error.name;
  return error.codeName ?? `code-${error.code}`;
}

/** Whether a write found that another has the key already. */
function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}

/** An upsert that loses a race against another's finds the document the second time. */
export async function onceMoreIfDuplicate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return work();
  }
}

/** Inserts; false where another has the key already. */
export async function insertedFirst(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return false;
  }
}

/** A write of a bulk that was refused. */
export interface WriteFault {
  /** Which of the writes, counted from 0. */
  readonly index: number;
  readonly duplicate: boolean;
  readonly code: number;
}

/**
 * The writes of a bulk that were refused, the others being done and durable. Rethrows what is none
 * of that: then it is not known what was written.
 */
export function writeErrorsOf(error: unknown): readonly WriteFault[] {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  if (error.result.getWriteConcernError() !== undefined) throw error;
  const refused = error.writeErrors as WriteError | readonly WriteError[];
  const list = 'index' in refused ? [refused] : refused;
  if (list.length === 0) throw error;
  return list.map(({ index, code }) => ({ index, code, duplicate: code === DUPLICATE_KEY }));
}

/** Runs work on parts of a list, one after another, with the offset of each. */
export async function inChunks<T, R>(
  list: readonly T[],
  work: (part: readonly T[], offset: number) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < list.length; at += CHUNK) {
    results.push(await work(list.slice(at, at + CHUNK), at));
  }
  return results;
}
