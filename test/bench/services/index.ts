import type { Figure } from '../figures.js';
import { benchServiceAudit } from './audit.js';
import { Bare } from './bare.js';
import { benchServiceImport, benchServiceRebuild } from './ledger.js';
import { benchServiceLog } from './log.js';
import { openServers } from './servers.js';

/** What `npm run bench -- --services` measures, each beside the bare client of the same run. */
export const SERVICE_BENCHES = ['audit', 'log', 'import', 'rebuild'] as const;

/** Measures on the servers that the environment names. @param isWanted which of the benches */
export async function benchServices(
  folder: string,
  isWanted: (name: string) => boolean,
): Promise<readonly Figure[]> {
  const servers = await openServers();
  const bare = new Bare(servers.eventStoreDb, servers.mongo);
  const benches = {
    // First: the log holds what it audits and little else.
    audit: () => benchServiceAudit(folder, servers, bare),
    log: () => benchServiceLog(servers, bare),
    import: () => benchServiceImport(folder, servers, bare),
    rebuild: () => benchServiceRebuild(folder, servers, bare),
  };
  try {
    const figures: Figure[] = [];
    for (const name of SERVICE_BENCHES) {
      if (!isWanted(name)) continue;
      process.stderr.write(`${name} …\n`);
      figures.push(...(await benches[name]()));
    }
    return figures;
  } finally {
    await bare.close();
    await servers.close();
  }
}
