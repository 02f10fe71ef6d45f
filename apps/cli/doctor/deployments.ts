import type { Settings } from '../../composition/index.js';
import { DECLARED } from '../../composition/index.js';

/** The ledger's parts that may be on MongoDB. */
export type MongoPart = 'vault' | 'views' | 'anchor';

/** Names of their databases, where the URLs name none. */
export const DATABASES = {
  vault: 'privacy-ledger-vault',
  views: 'privacy-ledger-views',
  anchor: 'privacy-ledger-anchor',
} as const satisfies Record<MongoPart, string>;

/** One MongoDB that the settings name, with what of the ledger is on it. */
export interface Deployment {
  readonly parts: readonly MongoPart[];
  readonly url: string;
  /** The variable that says so. */
  readonly variable: string;
  readonly databases: readonly string[];
}

const PATH = /^([^/]+\/\/[^/?]+)(\/[^?]*)?/;

/** The deployments of the settings; URLs that differ only in their database name the same one. */
export function deploymentsOf(settings: Settings): readonly Deployment[] {
  const { vaultUrl, mongoDb, anchorUrl } = settings;
  const urls = [
    { part: 'vault', url: vaultUrl, variable: variableOfVault(settings) },
    { part: 'views', url: mongoDb, variable: DECLARED.mongoDb.variable },
    { part: 'anchor', url: anchorUrl, variable: DECLARED.anchorUrl.variable },
  ] as const;
  const found = new Map<string, Deployment>();
  for (const { part, url, variable } of urls) {
    if (url === '') continue;
    const server = url.replace(PATH, '$1');
    const before = found.get(server) ?? { parts: [], url, variable, databases: [] };
    const databases = [...before.databases, databaseIn(url) ?? DATABASES[part]];
    found.set(server, { ...before, parts: [...before.parts, part], databases });
  }
  return [...found.values()];
}

/** The vault's URL may be that of the views. */
export function variableOfVault({ vaultUrl, mongoDb }: Settings): string {
  return (vaultUrl === mongoDb ? DECLARED.mongoDb : DECLARED.vaultUrl).variable;
}

function databaseIn(url: string): string | undefined {
  const name = PATH.exec(url)?.[2]?.slice(1) ?? '';
  return name === '' ? undefined : name;
}
