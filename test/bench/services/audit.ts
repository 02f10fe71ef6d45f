import { join } from 'node:path';

import { audited, signedLedger } from '../audit.js';
import type { Figure } from '../figures.js';
import type { Bare } from './bare.js';
import type { Servers } from './servers.js';
import { besideBare } from './shares.js';

const EVENTS = 60_000;
const TRADES = 10;

/** `ledger evidence verify` of a ledger on servers, beside the client that reads as much of it. */
export async function benchServiceAudit(
  folder: string,
  servers: Servers,
  bare: Bare,
): Promise<readonly Figure[]> {
  const settings = servers.fresh(join(folder, 'audited'));
  await signedLedger(settings, EVENTS, TRADES);
  const floor = await bare.readTwice();
  const { perSecond } = await audited(settings);
  return [besideBare(`full audit of the log, ${servers.called}`, 'events/s', floor, perSecond)];
}
