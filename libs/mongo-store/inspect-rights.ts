import type { Document } from 'mongodb';

import { listIn, textIn, within } from './inspect-commands.js';

/** What the roles `readWrite` and `dbAdmin` give, as far as the ledger has need of it. */
const NEEDED = [
  'collMod',
  'createCollection',
  'createIndex',
  'dropCollection',
  'find',
  'insert',
  'listCollections',
  'remove',
  'update',
] as const;

/** What a ledger has no need of, and whoever takes its user over has much use for. */
const EXCESSIVE: ReadonlySet<string> = new Set([
  'anyAction',
  'createUser',
  'grantRole',
  'replSetReconfig',
  'shutdown',
]);

/** What a user may do. */
export interface MongoRights {
  /** Actions that the ledger needs and the user may not, by database; none is a good sign. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
  /** Actions over the server itself, or over users, that the ledger has no need of. */
  readonly excessive: readonly string[];
}

/** The rights that `connectionStatus` shows of the user who has signed in. */
export function rightsIn(status: Document, databases: readonly string[]): MongoRights {
  const privileges = listIn(status, 'authInfo', 'authenticatedUserPrivileges');
  const missing = new Map<string, readonly string[]>();
  for (const database of databases) {
    const may = new Set(
      privileges.filter((one) => covers(one, database)).flatMap((one) => actionsOf(one)),
    );
    const lacking = may.has('anyAction') ? [] : NEEDED.filter((action) => !may.has(action));
    if (lacking.length > 0) missing.set(database, lacking);
  }
  const excessive = new Set(privileges.flatMap(actionsOf).filter((one) => EXCESSIVE.has(one)));
  return { missing, excessive: [...excessive].sort() };
}

/** Whether a privilege is for all collections of a database. */
function covers(privilege: Document, database: string): boolean {
  if (within(privilege, 'resource', 'anyResource') === true) return true;
  const db = textIn(privilege, 'resource', 'db');
  return (db === database || db === '') && textIn(privilege, 'resource', 'collection') === '';
}

function actionsOf(privilege: Document): string[] {
  return listIn(privilege, 'actions').map(String);
}
