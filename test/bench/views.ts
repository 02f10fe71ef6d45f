import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Ledger } from '../../apps/composition/index.js';
import type { NewEvent, Scope, StreamName, SubjectId } from '#kernel';
import { streamName } from '#kernel';

import type { Figure } from './figures.js';
import { perSecond } from './figures.js';
import type { Floors } from './floors.js';
import { sampleContacts, sampleRegistration, sampleTrade } from './samples.js';

const STREAMS = 10_000;
const EACH = 10;

/** A rebuild of a view that needs no keys. */
export async function benchPlainView(ledger: Ledger, floors: Floors): Promise<Figure> {
  const trades = await fillTrades(ledger, STREAMS, EACH);
  return {
    work: 'rebuild of a view that needs no keys, documents stored',
    figure: await rebuilt(ledger, 'vouchers', trades),
    unit: 'events/s',
    floor: { what: 'raw SQLite read and JSON.parse', figure: floors.read },
    goal: { atLeast: 100_000 },
  };
}

/** A rebuild of a view that opens an envelope of every event of an otherwise empty log. */
export async function benchOpeningView(ledger: Ledger, floors: Floors): Promise<Figure> {
  const contacts = await fillContacts(ledger);
  return {
    work: 'rebuild of a view that opens one envelope an event',
    figure: await rebuilt(ledger, 'customers', contacts),
    unit: 'events/s',
    floor: { what: 'raw AES-256-GCM of 256 bytes', figure: floors.aes },
    goal: { atLeast: 50_000 },
  };
}

/** Fills the log with orders, invoices and payments. Gives how many events. */
export async function fillTrades(ledger: Ledger, streams: number, each: number): Promise<number> {
  const batches = Array.from({ length: streams }, () => {
    const subject = randomUUID() as string as SubjectId;
    const trades = Array.from({ length: each / 3 }, () => sampleTrade(subject)).flat();
    return [streamName(`customer-${subject}`), [sampleRegistration(), ...trades]] as const;
  });
  return appendAll(ledger, batches);
}

async function fillContacts(ledger: Ledger): Promise<number> {
  const subjects = Array.from({ length: STREAMS }, () => randomUUID() as string as SubjectId);
  const scope = 'g1' as Scope;
  const wanted = subjects.map((subject) => ({ subject, category: 'contact' as const, scope }));
  const keys = await ledger.stores.vault.vault.provision(wanted);
  const batches = keys.flatMap((key) => {
    if (key.state !== 'live') return [];
    const stream = streamName(`customer-${key.ref.subject}`);
    return [[stream, sampleContacts(stream, key, EACH)] as const];
  });
  return appendAll(ledger, batches);
}

async function appendAll(
  ledger: Ledger,
  batches: readonly (readonly [StreamName, readonly NewEvent[]])[],
): Promise<number> {
  const { log } = ledger.stores;
  await Promise.all(batches.map(([stream, events]) => log.append(stream, 'no-stream', events)));
  return batches.reduce((sum, [, events]) => sum + events.length, 0);
}

/** Events a second of a rebuild from the start of the log to the swap. */
export async function rebuilt(ledger: Ledger, view: string, events: number): Promise<number> {
  const { projections, stores } = ledger;
  const head = await stores.log.head();
  await projections.waitForAll(head, 600_000);
  return perSecond(async () => {
    const begun = await projections.rebuild(view);
    for (;;) {
      const builds = await stores.views.builds();
      if (builds.some((build) => build.id === begun.id && build.state === 'live')) return events;
      await pause(5);
    }
  });
}
