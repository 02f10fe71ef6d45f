import { MongoServerError, type Document, type MongoClient } from 'mongodb';

/** Codes of servers for what the user may not, what is not known, and what this server cannot. */
const UNAUTHORIZED = 13;
const NOT_TOLD: ReadonlySet<number> = new Set([UNAUTHORIZED, 59, 76, 115, 8_000]);

/** A command to any server of a deployment; undefined where it is not for this user or this server. */
export async function asked(client: MongoClient, command: Document): Promise<Document | undefined> {
  try {
    return await client.db('admin').command(command, { readPreference: 'primaryPreferred' });
  } catch (error) {
    if (error instanceof MongoServerError && NOT_TOLD.has(Number(error.code))) return undefined;
    throw error;
  }
}

/** Whether a server refuses one who has not signed in. */
export async function refuses(anonymous: MongoClient): Promise<boolean> {
  return (await asked(anonymous, { listDatabases: 1, nameOnly: true })) === undefined;
}

/** The member of a document by a path of names; undefined where there is none. */
export function within(document: Document | undefined, ...path: readonly string[]): unknown {
  let found: unknown = document;
  for (const name of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.entries(found).find(([key]) => key === name)?.[1];
  }
  return found;
}

export function numberIn(document: Document | undefined, ...path: readonly string[]) {
  const found = within(document, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function textIn(document: Document | undefined, ...path: readonly string[]) {
  const found = within(document, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The documents of a list; none where there is no list. */
export function listIn(document: Document | undefined, ...path: readonly string[]): Document[] {
  const found = within(document, ...path);
  return Array.isArray(found) ? (found as Document[]) : [];
}
