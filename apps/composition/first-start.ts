import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { EventLog } from '#event-log';
import type { LedgerId } from '#kernel';
import { IntegrityError, Outage, randomId, uuidAs } from '#kernel';
import type { Anchor, KekStore, VaultStore } from '#vault';

import type { SecretsFolder } from './secrets-folder.js';

/** The four things that carry the ledger's id, and the folder that marks a first start. */
export interface Identified {
  readonly log: EventLog;
  readonly vault: VaultStore;
  readonly anchor: Anchor;
  readonly keks: KekStore;
  readonly folder: SecretsFolder;
  /** Makes what else a first start makes: signing key, admin token. May be repeated. */
  finish(ledger: LedgerId): Promise<void>;
}

const MARKER = 'first-start';
const LEASE = 'first-start';
/** A first start takes a moment; one that was interrupted is gone on with after this time. */
const LEASE_MILLIS = 10_000;
const WAIT_MILLIS = 30_000;
const POLL_MILLIS = 50;

/**
 * Step 1 of the restore gate: log, vault, KEK and anchor carry the same ledger's id. Keys are made
 * only where all are absent, or where the marker of an interrupted first start is there: a store
 * that is not mounted is not a first start.
 * @throws IntegrityError `store-missing`, `ledger-id-differs`
 */
export async function identify(parts: Identified): Promise<LedgerId> {
  const ids = await idsOf(parts);
  const [first] = ids.values();
  const isOne = [...ids.values()].every((id) => id !== undefined && id === first);
  // In this order: where the marker is gone, what was seen before it is whole.
  if (first !== undefined && isOne && (await parts.folder.read(MARKER)) === undefined) return first;
  return whileAlone(parts, () => identifyAlone(parts));
}

/** What another process is half-way through looks like a store that is missing: one at a time. */
async function whileAlone<T>({ vault }: Identified, work: () => Promise<T>): Promise<T> {
  const holder = randomUUID();
  for (let waited = 0; waited < WAIT_MILLIS; waited += POLL_MILLIS) {
    if ((await vault.leases.acquire(LEASE, holder, LEASE_MILLIS)) !== undefined) {
      try {
        return await work();
      } finally {
        await vault.leases.release(LEASE, holder);
      }
    }
    await pause(POLL_MILLIS);
  }
  throw new Outage('secrets', 'another process does not finish its first start');
}

async function identifyAlone(parts: Identified): Promise<LedgerId> {
  const marker = await parts.folder.read(MARKER);
  if (marker !== undefined) return firstStart(parts, uuidAs<LedgerId>(marker, 'ledger'));
  const ids = await idsOf(parts);
  const present = [...ids.values()].filter((id) => id !== undefined);
  const [first] = present;
  if (first === undefined) {
    const ledger = randomId<LedgerId>();
    await parts.folder.write(MARKER, ledger);
    return firstStart(parts, ledger);
  }
  const missing = [...ids].filter(([, id]) => id === undefined).map(([name]) => name);
  if (missing.length > 0) {
    const names = missing.join(', ');
    throw new IntegrityError('store-missing', `a ledger is here, but not all of it: ${names}`);
  }
  if (present.some((id) => id !== first)) {
    throw new IntegrityError('ledger-id-differs', 'log, vault, KEK and anchor are of two ledgers');
  }
  return first;
}

/** The id that each of the four carries, if it carries one. */
async function idsOf(parts: Identified): Promise<ReadonlyMap<string, LedgerId | undefined>> {
  const [kek] = await parts.keks.list();
  const log = await parts.log.ledgerId();
  return new Map([
    ['log', log === undefined ? undefined : uuidAs<LedgerId>(log, 'ledger')],
    ['vault', await parts.vault.ledgerId()],
    ['anchor', await parts.anchor.ledgerId()],
    ['kek', kek?.ledger],
  ]);
}

async function firstStart(parts: Identified, ledger: LedgerId): Promise<LedgerId> {
  const keks = await parts.keks.list();
  const kek = keks.find((one) => one.ledger === ledger)?.id ?? (await parts.keks.create(ledger));
  await parts.anchor.claim(ledger);
  await parts.vault.claim(ledger, kek);
  await parts.log.claim(ledger);
  await parts.finish(ledger);
  await parts.folder.remove(MARKER);
  return ledger;
}
