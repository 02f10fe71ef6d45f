import type { Settings } from '../../composition/index.js';

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
  readonly databases: readonly string[];
}

const PATH = /^([^/]+\/\/[^/?]+)(\/[^?]*)?/;

/** The deployments of the settings; URLs that differ only in their database name the same one. */
export function deploymentsOf(settings: Settings): readonly Deployment[] {
  const urls: [MongoPart, string][] = [
    ['vault', settings.vaultUrl],
    ['views', settings.mongoDb],
    ['anchor', settings.anchorUrl],
  ];
  const found = new Map<string, Deployment>();
  for (const [part, url] of urls) {
    if (url === '') continue;
    const server = url.replace(PATH, '$1');
    const before = found.get(server) ?? { parts: [], url, databases: [] };
    const databases = [...before.databases, databaseIn(url) ?? DATABASES[part]];
    found.set(server, { ...before, parts: [...before.parts, part], databases });
  }
  return [...found.values()];
}

function databaseIn(url: string): string | undefined {
  const name = PATH.exec(url)?.[2]?.slice(1) ?? '';
  return name === '' ? undefined : name;
}
