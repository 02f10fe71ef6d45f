import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { SubjectId } from '#kernel';
import { streamName, systemClock } from '#kernel';

import { verifyStore } from '../../apps/cli/evidence/verify-run.js';
import type { Ledger } from '../../apps/composition/index.js';
import {
  EvidenceReader,
  openLedger,
  readSettings,
  signWhile,
} from '../../apps/composition/index.js';
import type { Figure } from './figures.js';
import type { Floors } from './floors.js';
import { sampleTrade } from './samples.js';

const EVENTS = 300_000;
const AT_ONCE = 500;
/** Longer than signing all of it takes. */
const WAIT_MILLIS = '600000';

/** `ledger evidence verify` of an embedded ledger: log, streams, keys and tiles. */
export async function benchAudit(folder: string, floors: Floors): Promise<readonly Figure[]> {
  const settings = readSettings({
    LEDGER_DATA: join(folder, 'audit'),
    LEDGER_WAIT_MS: WAIT_MILLIS,
  });
  const ledger = await openLedger({ settings, what: 'bench' });
  await fill(ledger);
  await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
  await ledger.close();
  await verifyStore({ settings, clock: systemClock });
  const { report, millis, threads } = await verifyStore({ settings, clock: systemClock });
  return [
    {
      work: 'full audit of the log, embedded, on all cores',
      figure: report.events / (millis / 1000) / threads,
      unit: 'events/s a core',
      floor: { what: 'raw SHA-256 of 300 bytes', figure: floors.sha },
      goal: { atLeast: 120_000 },
    },
  ];
}

async function fill({ stores }: Ledger): Promise<void> {
  let left = EVENTS;
  const worker = async () => {
    while (left > 0) {
      const subject = randomUUID() as string as SubjectId;
      const trade = sampleTrade(subject);
      left -= trade.length;
      await stores.log.append(streamName(`customer-${subject}`), 'no-stream', trade);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
