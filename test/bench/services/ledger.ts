import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { SubjectId } from '#kernel';
import { streamName } from '#kernel';

import type { Ledger, Settings } from '../../../apps/composition/index.js';
import { openLedger, startProcesses } from '../../../apps/composition/index.js';
import type { Figure } from '../figures.js';
import { perSecond } from '../figures.js';
import { importedRows } from '../import.js';
import { sampleRegistration, sampleTrade } from '../samples.js';
import { rebuilt } from '../views.js';
import type { Bare } from './bare.js';
import type { Servers } from './servers.js';
import { atOnce, besideBare } from './shares.js';

const ROWS = 12_000;
const BARE_ROWS = 4_000;
const IN_FLIGHT = 64;
const STREAMS = 3_000;
const TRADES = 3;
/** Fields that the view of vouchers has indexes over. */
const INDEXED = ['subject', 'kind', 'status', 'at'];

/**
 * The whole command `ledger import`, its start included, beside the clients that do for each row what
 * any import must that may be done twice: look for the stream, store the keys, append.
 */
export async function benchServiceImport(
  folder: string,
  servers: Servers,
  bare: Bare,
): Promise<readonly Figure[]> {
  const floor = await perSecond(() =>
    atOnce(BARE_ROWS, IN_FLIGHT, async () => {
      const stream = await bare.look();
      await bare.insert([keyRow(), keyRow()]);
      await bare.append(sampleRegistration([], randomUUID() as never), stream);
    }),
  );
  const settings = servers.fresh(join(folder, 'imported'));
  const ours = await importedRows(folder, ROWS, environmentOf(settings));
  return [besideBare('bulk import of registrations, on servers', 'customers/s', floor, ours)];
}

/** A rebuild of a view in MongoDB, beside the clients that read and write as much. */
export async function benchServiceRebuild(
  folder: string,
  servers: Servers,
  bare: Bare,
): Promise<readonly Figure[]> {
  const settings = servers.fresh(join(folder, 'rebuilt'));
  const ledger = await openLedger({ settings, what: 'bench', projecting: 'apart' });
  const processes = startProcesses(ledger);
  try {
    const events = await filled(ledger);
    const floor = await bare.project(INDEXED);
    const ours = await rebuilt(ledger, 'vouchers', events);
    return [besideBare('rebuild of a view in MongoDB', 'events/s', floor, ours)];
  } finally {
    await processes.stop();
    await ledger.close();
  }
}

async function filled({ stores }: Ledger): Promise<number> {
  await atOnce(STREAMS, IN_FLIGHT, async () => {
    const subject = randomUUID() as string as SubjectId;
    const trades = Array.from({ length: TRADES }, () => sampleTrade(subject)).flat();
    const stream = streamName(`customer-${subject}`);
    await stores.log.append(stream, 'no-stream', [sampleRegistration(), ...trades]);
  });
  return STREAMS * (1 + TRADES * 3);
}

/** Of the size of a key's row. */
function keyRow() {
  return {
    _id: `${randomUUID()}:contact:g1`,
    key: randomUUID(),
    state: 'live',
    kek: randomUUID(),
    wrapped: randomBytes(60),
    fingerprint: randomBytes(32),
    createdAt: new Date(),
  };
}

function environmentOf(settings: Settings): Readonly<Record<string, string>> {
  return {
    LEDGER_DATA: settings.data,
    EVENTSTOREDB_URL: settings.eventStoreDb,
    EVENTSTOREDB_PREFIX: settings.eventStoreDbPrefix,
    MONGODB_URL: settings.mongoDb,
    VAULT_URL: settings.vaultUrl,
  };
}
