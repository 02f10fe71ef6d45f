import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { Scope, SubjectId } from '#kernel';
import { streamName, systemClock } from '#kernel';
import type { KeyWanted } from '#vault';

import { verifyStore } from '../../apps/cli/evidence/verify-run.js';
import type { Ledger, Settings } from '../../apps/composition/index.js';
import {
  EvidenceReader,
  openLedger,
  readSettings,
  signWhile,
} from '../../apps/composition/index.js';
import type { Figure } from './figures.js';
import type { Floors } from './floors.js';
import { measuredPeer } from './peers/index.js';
import { sampleTrade } from './samples.js';

const EVENTS = 600_000;
/** Customers whose keys are made together. */
const AT_ONCE = 500;
/** Longer than signing all of it takes. */
const WAIT_MILLIS = '600000';

/** `ledger evidence verify` of an embedded ledger: log, streams, keys and tiles. */
export async function benchAudit(folder: string, floors: Floors): Promise<readonly Figure[]> {
  const settings = readSettings({
    LEDGER_DATA: join(folder, 'audit'),
    LEDGER_WAIT_MS: WAIT_MILLIS,
  });
  await signedLedger(settings, EVENTS);
  await audited(settings);
  const { perSecond, threads } = await audited(settings);
  const figure = perSecond / threads;
  const goal = { atLeast: 120_000 };
  const work = 'full audit of the log, embedded, on all cores';
  const floor = { what: 'raw SHA-256 of 300 bytes', figure: floors.sha };
  const figures: Figure[] = [{ work, figure, unit: 'events/s a core', floor, goal }];
  const peer = await measuredPeer(folder);
  if (peer === undefined) return figures;
  const hypercore = { what: 'audit of hypercore, blocks/s', figure: peer.audit };
  const beside = { floor: hypercore, goal: { atLeast: peer.audit } };
  return [...figures, { work, figure: perSecond, unit: 'events/s', ...beside }];
}

/** Makes a ledger of so many events, three for each trade of a customer, and signs it. */
export async function signedLedger(settings: Settings, events: number, trades = 1): Promise<void> {
  const ledger = await openLedger({ settings, what: 'bench' });
  try {
    const each = 3 * trades * AT_ONCE;
    for (let left = events; left > 0; left -= each) await trade(ledger, trades);
    await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
  } finally {
    await ledger.close();
  }
}

async function trade({ stores }: Ledger, trades: number): Promise<void> {
  const wanted = Array.from({ length: AT_ONCE }, (): KeyWanted => ({
    subject: randomUUID() as string as SubjectId,
    category: 'orders',
    scope: '2026-12-31' as Scope,
  }));
  const provisioned = await stores.vault.vault.provision(wanted);
  await Promise.all(
    provisioned.map(async (one) => {
      if (one.state !== 'live') throw new Error('a new key lives');
      const { subject, key } = one.ref;
      const stream = streamName(`customer-${subject}`);
      const events = Array.from({ length: trades }, () => sampleTrade(subject, key)).flat();
      await stores.log.append(stream, 'no-stream', events);
    }),
  );
}

/** Events a second of reading and hashing, on how many threads. */
export async function audited(settings: Settings) {
  const { report, millis, threads } = await verifyStore({ settings, clock: systemClock });
  if (report.totals.INTACT < report.events - 2) throw new Error('not what was written');
  return { perSecond: report.events / (millis / 1000), threads };
}
