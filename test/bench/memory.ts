import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openLedger, readSettings, startProcesses } from '../../apps/composition/index.js';
import { fillTrades } from './views.js';

/** A process of its own: fills a log, rebuilds a view of it, and says its largest resident size. */
const events = Number(process.argv[2] ?? '1000000');
const folder = await mkdtemp(join(tmpdir(), 'ledger-memory-'));
try {
  const settings = readSettings({ LEDGER_DATA: join(folder, 'data') });
  const ledger = await openLedger({ settings, what: 'bench', projecting: 'apart' });
  const step = 100_000;
  for (let done = 0; done < events; done += step) await fillTrades(ledger, step / 100, 100);
  const filled = process.memoryUsage.rss();
  const processes = startProcesses(ledger);
  const head = await ledger.stores.log.head();
  await ledger.projections.waitFor('vouchers', head, 3_600_000);
  const peak = process.resourceUsage().maxRSS * 1024;
  await processes.stop();
  await ledger.close();
  process.stdout.write(JSON.stringify({ filled, peak }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
