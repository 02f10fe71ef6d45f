import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { asks, granted } from '#customers/testing';

import { openLedger, readSettings } from '../../apps/composition/index.js';
import { enginesOf } from '../engines/places.js';
import { Bench } from './cli.js';

const CANARY = 'Kanaria';

type Line = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly how: string;
  readonly events: { readonly total: number };
};

describe('ledger audit', () => {
  let bench: Bench;
  let person: string;
  let other: string;

  beforeAll(async () => {
    bench = await Bench.make();
    const environment = { LEDGER_DATA: bench.path('data'), ...enginesOf(bench.folder) };
    const ledger = await openLedger({ settings: readSettings(environment), what: 'test' });
    const { commands } = ledger;
    const asked = { category: 'private', identity: { lastName: CANARY } } as const;
    const registered = async (account: string) =>
      granted(await commands.register(asks('staff', { account }), asked)).subject;
    const subject = await registered('first');
    const absorbed = await registered('second');
    granted(await commands.merge(asks(), subject, absorbed));
    granted(
      await commands.on(asks('officer', { purpose: 'legal-claims' }), {
        do: 'restrict',
        subject,
        ground: 'accuracy-contested',
      }),
    );
    [person, other] = [subject, absorbed];
    await ledger.close();
  });
  afterAll(() => bench.remove());

  async function lines(...args: readonly string[]): Promise<readonly Line[]> {
    const ran = await bench.run(['audit', ...args, '--json']);
    expect([ran.code, ran.err.replaceAll(/^ledger: .*\n/gm, '')]).toEqual([0, '']);
    expect(ran.out).not.toMatch(/Kanaria|ciphertext/);
    return ran.out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  }

  it('tells events as replay does, of those that meet the conditions', async () => {
    const all = await bench.run(['replay', '--json']);
    expect((await bench.run(['audit', 'events', '--json'])).out).toBe(all.out);
    const typesOf = async (...args: readonly string[]) =>
      (await lines('events', ...args)).map(({ type }) => type);
    expect(await typesOf('--customer', person)).toEqual([
      'CustomerRegistered',
      'CustomersMerged',
      'ProcessingRestricted',
    ]);
    expect(await typesOf('--purpose', 'legal-claims')).toEqual(['ProcessingRestricted']);
    expect(await typesOf('--actor', 'second')).toEqual(['CustomerRegistered']);
    expect(await typesOf('--type', 'CustomersMerged')).toHaveLength(2);
    expect(await typesOf('--to', '2020-01-01T00:00:00Z')).toEqual([]);
  });

  it('names the entries that are one with a customer', async () => {
    const ran = await bench.run(['audit', 'events', '--customer', person]);
    expect(ran.err).toContain(`${other} is one with this customer`);
    expect(ran.out).toContain('CustomersMerged');
  });

  it('tells who touched a person, and that reads are not recorded', async () => {
    const touches = await lines('touched', person);
    expect(touches.map(({ type, how }) => [type, how])).toEqual([
      ['CustomerRegistered', 'own'],
      ['CustomersMerged', 'named'],
      ['CustomersMerged', 'own'],
      ['ProcessingRestricted', 'own'],
    ]);
    expect(touches[3]).toMatchObject({ actor: 'officer', purpose: 'legal-claims' });
    const ran = await bench.run(['audit', 'touched', person]);
    expect(ran.out.split('\n')[0]).toMatch(/ first .* CustomerRegistered .* own sealed=identity$/);
    expect(ran.err).toContain('reads are not recorded yet');
  });

  it('counts the register, now and at an instant', async () => {
    const [now] = await lines('figures');
    expect(now).toMatchObject({
      customers: { total: 2, absorbed: 1, byCategory: { private: 2 } },
      restricted: 1,
      erased: 0,
    });
    const [then] = await lines('figures', '--at', '2020-01-01T00:00:00Z');
    expect(then).toMatchObject({ customers: { total: 0 }, events: { total: 0 } });
    const { out } = await bench.run(['audit', 'figures']);
    expect(out).toMatch(/^customers +2$/m);
    expect(out).toMatch(/^restricted +1$/m);
  });

  it('refuses what breaks a rule, and a customer of whom there is nothing', async () => {
    expect((await bench.run(['audit', 'events', '--type', 'CustomerRegisterd'])).code).toBe(2);
    expect((await bench.run(['audit', 'events', '--from', 'yesterday'])).code).toBe(2);
    expect((await bench.run(['audit', 'figures', '--at', 'yesterday'])).code).toBe(2);
    expect((await bench.run(['audit', 'events', '--customer', randomUUID()])).code).toBe(5);
    expect((await bench.run(['audit', 'touched', randomUUID()])).code).toBe(5);
    expect((await bench.run(['audit', 'touched', 'nobody'])).code).toBe(2);
  });
});
