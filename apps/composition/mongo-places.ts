import { databaseIn } from './mongo-url.js';
import type { Settings } from './settings.js';
import { DECLARED } from './settings.js';

/** The ledger's parts that may be on MongoDB. */
export type MongoPart = 'vault' | 'views' | 'anchor';

/** Where a part of the ledger is on MongoDB. */
export interface MongoPlace {
  readonly url: string;
  readonly database: string;
  /** The variable that says so. */
  readonly variable: string;
}

/** Where a part is on MongoDB; undefined where it is in files. */
export function mongoPlace(part: MongoPart, settings: Settings): MongoPlace | undefined {
  const { url, variable } = named(part, settings);
  if (url === '') return undefined;
  return { url, variable, database: databaseIn(url) ?? `privacy-ledger-${part}` };
}

function named(part: MongoPart, { mongoDb, vaultUrl, anchorUrl }: Settings) {
  switch (part) {
    case 'views':
      return { url: mongoDb, variable: DECLARED.mongoDb.variable };
    case 'vault': {
      // Where it is not said to be elsewhere, the vault is beside the views.
      const declared = vaultUrl === mongoDb ? DECLARED.mongoDb : DECLARED.vaultUrl;
      return { url: vaultUrl, variable: declared.variable };
    }
    case 'anchor':
      return { url: anchorUrl, variable: DECLARED.anchorUrl.variable };
  }
}
