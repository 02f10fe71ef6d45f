import { parentPort, workerData } from 'node:worker_threads';

import type { ImportMap } from '#customers';
import { IMPORT_SECRET, RowIds } from '#customers';

import { openLedger, readSettings } from '../../composition/index.js';
import { failureOf } from '../exits.js';
import { recorderOver } from './recorder.js';
import type { RowsGiven, RowTold } from './threads.js';
import { gathering } from './threads.js';

/** Rows of one customer come close together or not at all. */
const CACHED_KEYS = 2_000;

/** A thread of an import: it has the ledger open by itself, as another process would. */
async function recordGiven(port: NonNullable<typeof parentPort>, map: ImportMap): Promise<void> {
  const settings = readSettings(process.env);
  const ledger = await openLedger({ settings, what: 'import', cachedKeys: CACHED_KEYS });
  const ids = new RowIds(await ledger.stores.vault.secrets.secret(IMPORT_SECRET));
  const recorder = recorderOver(ledger, map, ids, false);
  const tell = gathering<RowTold>((told) => {
    port.postMessage(told);
  });
  const close = async () => {
    ids.clear();
    await ledger.close();
    port.close();
  };
  port.on('message', (rows: RowsGiven) => {
    if (rows.length === 0) void close();
    for (const [number, row] of rows) {
      recorder.record(row).then(
        (outcome) => {
          tell([number, outcome]);
        },
        (error: unknown) => {
          tell([number, { failure: failureOf(error) }]);
        },
      );
    }
  });
}

if (parentPort !== null) await recordGiven(parentPort, (workerData as { map: ImportMap }).map);
