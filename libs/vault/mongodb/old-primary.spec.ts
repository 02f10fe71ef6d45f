import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { randomId, systemClock, type EventId, type LedgerId } from '#kernel';
import { onOwnMongo, TwoPrimaries } from '#mongo-store/testing';

import { destroyedOf, goneKey, headOf, provisionOne, stateOfKey } from '../contract/index.js';
import { openFileKeks } from '../file/index.js';
import type { KekStore } from '../kek.js';
import { DEFAULT_ROTATION } from '../rotation.js';
import { openMongoAnchor, openMongoVault } from './index.js';

const OUTAGE = expect.objectContaining({ name: 'Outage' });

onOwnMongo('a primary that was cut off, and answers still', ({ url, client, fresh }) => {
  const ledger = randomId<LedgerId>();
  const opened: { close(): Promise<void> }[] = [];
  let primaries: TwoPrimaries;
  let folder: string;
  let keks: KekStore;
  const vaultAt = async (at: string, database: string) => {
    const options = { keks, clock: systemClock, rotation: DEFAULT_ROTATION, database };
    const vault = await openMongoVault(at, options);
    opened.push(vault);
    return vault;
  };
  const anchorAt = async (at: string, database: string) => {
    const anchor = await openMongoAnchor(at, { database });
    opened.push(anchor);
    return anchor;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'old-primary-'));
    keks = await openFileKeks(join(folder, 'keks'), systemClock);
    primaries = await TwoPrimaries.of(client);
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    await primaries.end();
    rmSync(folder, { recursive: true, force: true });
  });

  test('gives no key that was fenced, and takes no token that was revoked, after staleMillis', async () => {
    const database = fresh();
    const vault = await vaultAt(url, database);
    await vault.claim(ledger, await keks.create(ledger));
    const cutOff = await vaultAt(primaries.oldUrl, database);
    const { ref } = await provisionOne(vault);
    const token = { id: 't', hash: 'h', label: '', role: 'staff', createdAt: systemClock.now() };
    await vault.credentials.add({ ...token, role: 'staff' });
    expect(await stateOfKey(cutOff, ref.key)).toMatchObject({ state: 'live' });

    await primaries.elect();
    await vault.vault.fence(ref.subject, [ref], randomId<EventId>());
    await vault.credentials.revoke('t', systemClock.now());
    const until = performance.now() + vault.staleMillis;
    const given = new Set<string>();
    const ask = async () => (await stateOfKey(cutOff, ref.key))?.state ?? 'none';
    while (performance.now() < until) given.add(await ask().catch(() => 'outage'));
    expect([...given].filter((state) => state !== 'live' && state !== 'outage')).toEqual([]);

    await expect(ask()).rejects.toEqual(OUTAGE);
    await expect(cutOff.vault.status(ref.subject)).rejects.toEqual(OUTAGE);
    await expect(cutOff.credentials.byHash('h')).rejects.toEqual(OUTAGE);
    expect(await stateOfKey(vault, ref.key)).toMatchObject({ state: 'fenced' });
  });

  test('tells no last head, and no destroyed keys: there may be later ones', async () => {
    const database = fresh();
    const anchor = await anchorAt(url, database);
    await anchor.claim(ledger);
    await anchor.recordDestroyed([goneKey()]);
    const first = headOf(1);
    await anchor.claimHead(first);
    const cutOff = await anchorAt(primaries.oldUrl, database);
    expect(await cutOff.lastHead(first.origin)).toEqual(first);

    await primaries.elect();
    const next = headOf(2);
    await anchor.claimHead(next);
    await expect(cutOff.lastHead(first.origin)).rejects.toEqual(OUTAGE);
    await expect(destroyedOf(cutOff)).rejects.toEqual(OUTAGE);
    await expect(cutOff.claimHead(headOf(2))).rejects.toEqual(OUTAGE);
    expect(await anchor.lastHead(first.origin)).toEqual(next);
  });
});
