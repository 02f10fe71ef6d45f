import { setTimeout as pause } from 'node:timers/promises';

import type { EventLog } from '#event-log';
import type { LedgerId } from '#kernel';
import { errorCode, IntegrityError, isJsonObject, Outage, randomId, uuidAs } from '#kernel';
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
const WAIT_MILLIS = 30_000;
const POLL_MILLIS = 50;

/**
 * Step 1 of the restore gate: log, vault, KEK and anchor carry the same ledger's id. Keys are made
 * only where all are absent, or where the marker of an interrupted first start is there: a store
 * that is not mounted is not a first start.
 * @throws IntegrityError `store-missing`, `ledger-id-differs`
 */
export async function identify(parts: Identified): Promise<LedgerId> {
  for (let waited = 0; waited < WAIT_MILLIS; waited += POLL_MILLIS) {
    const marker = await parts.folder.read(MARKER);
    if (marker === undefined) {
      const known = await knownId(parts);
      if (known !== undefined) return known;
      const begun = await parts.folder.claim(MARKER, markerOf(randomId<LedgerId>()));
      if (begun) continue;
    } else {
      const { ledger, pid } = readMarker(marker);
      if (pid === process.pid || !isAlive(pid)) return firstStart(parts, ledger);
    }
    await pause(POLL_MILLIS);
  }
  throw new Outage('secrets', 'another process does not finish its first start');
}

async function knownId(parts: Identified): Promise<LedgerId | undefined> {
  const [kek] = await parts.keks.list();
  const ids = {
    log: await parts.log.ledgerId(),
    vault: await parts.vault.ledgerId(),
    anchor: await parts.anchor.ledgerId(),
    kek: kek?.ledger,
  };
  const present = Object.values(ids).filter((id) => id !== undefined);
  if (present.length === 0) return undefined;
  const missing = Object.entries(ids).filter(([, id]) => id === undefined);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ');
    throw new IntegrityError('store-missing', `a ledger is here, but not all of it: ${names}`);
  }
  const [first] = present;
  if (first === undefined || present.some((id) => id !== first)) {
    throw new IntegrityError('ledger-id-differs', 'log, vault, KEK and anchor are of two ledgers');
  }
  return uuidAs<LedgerId>(first, 'ledger');
}

async function firstStart(parts: Identified, ledger: LedgerId): Promise<LedgerId> {
  await parts.folder.write(MARKER, markerOf(ledger));
  const keks = await parts.keks.list();
  const kek = keks.find((one) => one.ledger === ledger)?.id ?? (await parts.keks.create(ledger));
  await parts.anchor.claim(ledger);
  await parts.vault.claim(ledger, kek);
  await parts.log.claim(ledger);
  await parts.finish(ledger);
  await parts.folder.remove(MARKER);
  return ledger;
}

function markerOf(ledger: LedgerId): string {
  return JSON.stringify({ ledger, pid: process.pid });
}

function readMarker(text: string): { ledger: LedgerId; pid: number } {
  const marker: unknown = text === '' ? undefined : JSON.parse(text);
  if (!isJsonObject(marker) || typeof marker.ledger !== 'string') {
    return { ledger: randomId<LedgerId>(), pid: 0 };
  }
  return { ledger: uuidAs<LedgerId>(marker.ledger, 'ledger'), pid: Number(marker.pid) };
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
