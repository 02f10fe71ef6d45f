import type { MongoPart, Settings } from '../../composition/index.js';
import { mongoPlace, withoutDatabase } from '../../composition/index.js';

/** One MongoDB that the settings name, with what of the ledger is on it. */
export interface Deployment {
  readonly parts: readonly MongoPart[];
  readonly url: string;
  /** The variable that says so. */
  readonly variable: string;
  readonly databases: readonly string[];
}

/** The deployments of the settings; URLs that differ only in their database name the same one. */
export function deploymentsOf(settings: Settings): readonly Deployment[] {
  const found = new Map<string, Deployment>();
  for (const part of ['vault', 'views', 'anchor'] as const) {
    const place = mongoPlace(part, settings);
    if (place === undefined) continue;
    const { url, variable, database } = place;
    const server = withoutDatabase(url);
    const before = found.get(server) ?? { parts: [], url, variable, databases: [] };
    const databases = [...before.databases, database];
    found.set(server, { ...before, parts: [...before.parts, part], databases });
  }
  return [...found.values()];
}
