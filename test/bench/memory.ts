import { openLedger, readSettings, startProcesses } from '../../apps/composition/index.js';
import { fillTrades } from './views.js';

/**
 * A process of its own, so that its size is that of one thing: `fill FOLDER EVENTS` fills a log,
 * `rebuild FOLDER` makes all views of it, and says its largest resident size in bytes.
 */
const [what, folder = '', events = '0'] = process.argv.slice(2);
const STEP = 20_000;
const EACH = 100;
const LIMIT_MILLIS = 3_600_000;

const settings = readSettings({ LEDGER_DATA: folder });
const ledger = await openLedger({ settings, what: 'bench', projecting: 'apart' });
if (what === 'fill') {
  for (let done = 0; done < Number(events); done += STEP) {
    await fillTrades(ledger, STEP / EACH, EACH);
  }
} else {
  const processes = startProcesses(ledger);
  const head = await ledger.stores.log.head();
  if (!(await ledger.projections.waitForAll(head, LIMIT_MILLIS))) throw new Error('views lag');
  const peak = process.resourceUsage().maxRSS * 1024;
  await processes.stop();
  process.stdout.write(JSON.stringify({ peak }));
}
await ledger.close();
