import { beforeEach, describe, expect, it } from '@jest/globals';

import { anEvent } from '#event-log/contract';
import { canonicalBytes, randomId, type EventId, type Instant } from '#kernel';

import { BundleBench, checked, envelope, type BundlePerson } from '../testing/index.js';
import { isRefused, type BundleChecked, type BundleReport } from '../verifier/index.js';
import type { BundleOf } from './scope.js';

type Row = BundleBench['shared']['store']['events'][number];

let bench: BundleBench;
let people: readonly BundlePerson[];
/** The one whose events are changed. */
let one: BundlePerson;
let period: BundleOf;

/** Whose leaves fill more than one tile, with the person in the middle. */
beforeEach(async () => {
  bench = new BundleBench();
  const before = await many(130);
  one = await bench.person(4);
  people = [...before, one, ...(await many(130))];
  await bench.sign();
  period = { kind: 'period', from: at(row(0)), to: at(row(3)) };
});

async function many(count: number): Promise<readonly BundlePerson[]> {
  const made: BundlePerson[] = [];
  for (let n = 0; n < count; n++) made.push(await bench.person());
  return made;
}

/** Index in the log of the person's n-th event. */
function row(n: number): number {
  const rows = bench.shared.store.events;
  return rows.findIndex(([, stream, revision]) => stream === one.stream && revision === n);
}

function at(index: number): Instant {
  const { recordedAt } = JSON.parse(bench.shared.store.events[index]?.[5] ?? '') as {
    recordedAt: Instant;
  };
  return recordedAt;
}

function change(index: number, to: (row: Row) => Row): void {
  const { events, streams } = bench.shared.store;
  const old = events[index];
  if (old === undefined) throw new Error('no such row');
  const changed = to(old);
  events[index] = changed;
  const own = streams.get(old[1])?.filter((other) => other !== old) ?? [];
  streams.set(old[1], own);
  streams.set(changed[1], [...(streams.get(changed[1]) ?? []), changed]);
}

/** Positions as if nothing had been taken or put between; streams of all that is there. */
function renumber(): void {
  const { events, streams } = bench.shared.store;
  events.forEach(([, ...rest], index) => (events[index] = [index + 1, ...rest]));
  streams.clear();
  for (const one of events) streams.set(one[1], [...(streams.get(one[1]) ?? []), one]);
}

function report(given: BundleReport): BundleChecked {
  if (isRefused(given)) throw new Error(given.refused);
  return given;
}

/** What is said of a bundle: how it ends, what it counts, and where. */
async function said(of: BundleOf) {
  const { exit, totals, events } = report(await checked(await bench.bundle(of)));
  const counted = Object.entries(totals).filter(([name, n]) => n > 0 && name !== 'INTACT');
  const places = events
    .filter(({ verdict }) => !['INTACT', 'UNSIGNED'].includes(verdict))
    .map(({ verdict, index }) => [verdict, index]);
  return { exit, counted: Object.fromEntries(counted), places };
}

const UNSIGNED = { UNSIGNED: 1 };

it('a ledger that nobody has changed is intact, whole and in part', async () => {
  const whole = report(await checked(await bench.bundle()));
  expect(whole).toMatchObject({ exit: 'good', isWhole: true, isComplete: true });
  expect(whole.totals).toMatchObject({ INTACT: 264, UNSIGNED: 1 });
  const part = report(await checked(await bench.bundle(bench.of(one))));
  expect(part).toMatchObject({ exit: 'good', isWhole: false, isComplete: true });
  expect(part.totals).toMatchObject({ INTACT: 4, UNSIGNED: 0 });
  const stretch = report(await checked(await bench.bundle(period)));
  expect(stretch).toMatchObject({ exit: 'good', isWhole: false, isComplete: true });
  expect(stretch.totals).toMatchObject({ INTACT: 4, UNSIGNED: 0 });
});

describe('an event with another byte', () => {
  it.each<[string, (row: Row) => Row]>([
    ['in its data', ([p, s, r, i, t, m, d]) => [p, s, r, i, t, m, d.replace('1', '2')]],
    ['in its data, which are no JSON then', ([p, s, r, i, t, m]) => [p, s, r, i, t, m, '{']],
    ['in its metadata', ([p, s, r, i, t, m, d]) => [p, s, r, i, t, m.replace('staff', 'stuff'), d]],
    ['in its type', ([p, s, r, i, , m, d]) => [p, s, r, i, 'NumberSawn', m, d]],
    ['in its id', ([p, s, r, , t, m, d]) => [p, s, r, randomId<EventId>(), t, m, d]],
    ['in its revision', ([p, s, , i, t, m, d]) => [p, s, 7, i, t, m, d]],
  ])('%s is ALTERED, there and nowhere else', async (_, to) => {
    const place = row(1);
    change(place, to);
    const altered = { exit: 'ALTERED', places: [['ALTERED', place]] };
    expect(await said({ kind: 'ledger' })).toEqual({
      ...altered,
      counted: { ALTERED: 1, ...UNSIGNED },
    });
    expect(await said(bench.of(one))).toEqual({ ...altered, counted: { ALTERED: 1 } });
    expect(await said(period)).toEqual({ ...altered, counted: { ALTERED: 1 } });
  });

  it('in its stream is ALTERED, and to its own stream it is MISSING', async () => {
    const place = row(1);
    change(place, ([p, , r, i, t, m, d]) => [p, 'customer-other' as Row[1], r, i, t, m, d]);
    const { places } = await said({ kind: 'ledger' });
    expect(places).toEqual([['ALTERED', place]]);
    expect(await said(bench.of(one))).toMatchObject({
      exit: 'MISSING',
      places: [['MISSING', undefined]],
    });
  });
});

describe('an event that is gone', () => {
  it('is MISSING at its place, and to its stream', async () => {
    const place = row(2);
    const id = bench.shared.store.events[place]?.[3];
    bench.shared.store.events.splice(place, 1);
    expect(await said({ kind: 'ledger' })).toMatchObject({
      exit: 'MISSING',
      places: [['MISSING', place]],
    });
    const part = report(await checked(await bench.bundle(bench.of(one))));
    expect(part).toMatchObject({ exit: 'MISSING', isComplete: false });
    expect(part.events.filter(({ verdict }) => verdict === 'MISSING')).toEqual([
      { verdict: 'MISSING', index: place, id },
    ]);
    expect(await said(period)).toMatchObject({ exit: 'MISSING', counted: { MISSING: 1 } });
  });

  it('is MISSING also where those behind it were moved up', async () => {
    const place = row(2);
    const { events } = bench.shared.store;
    events.splice(place, 1);
    renumber();
    for (const part of [{ kind: 'ledger' } as const, period]) {
      expect(await said(part)).toMatchObject({ exit: 'MISSING', places: [['MISSING', place]] });
    }
    expect(await said(bench.of(one))).toMatchObject({ exit: 'MISSING', counted: { MISSING: 1 } });
  });

  it('at the end is MISSING, with its checkpoint or without', async () => {
    const { events } = bench.shared.store;
    events.splice(-4, 3);
    const { exit, counted } = await said({ kind: 'ledger' });
    expect([exit, counted]).toEqual(['MISSING', { MISSING: 3, ...UNSIGNED }]);
    events.splice(-1, 1);
    expect(await said({ kind: 'ledger' })).toMatchObject({
      exit: 'MISSING',
      counted: { MISSING: 4 },
    });
  });

  it('to its own stream alone is MISSING: the store hides it', async () => {
    const own = bench.shared.store.streams.get(one.stream) ?? [];
    bench.shared.store.streams.set(one.stream, own.slice(1));
    const hidden = { exit: 'MISSING', places: [['MISSING', row(0)]] };
    expect(await said({ kind: 'ledger' })).toMatchObject(hidden);
    expect(await said(bench.of(one))).toMatchObject(hidden);
  });
});

describe('an event that nobody recorded', () => {
  function inserted(): Row {
    const { id, type, metadata } = anEvent();
    const data = canonicalBytes({ n: 9 }).toString();
    const place = bench.shared.store.events[row(2)]?.[0] ?? 0;
    return [place, one.stream, 4, id, type, canonicalBytes(metadata as never).toString(), data];
  }

  it('is INSERTED among those that were signed', async () => {
    const place = row(2);
    const { events } = bench.shared.store;
    events.splice(place, 0, inserted());
    renumber();
    for (const part of [{ kind: 'ledger' } as const, bench.of(one), period]) {
      expect(await said(part)).toMatchObject({ exit: 'INSERTED', places: [['INSERTED', place]] });
    }
  });

  it('is INSERTED where it is a copy of another', async () => {
    const { events } = bench.shared.store;
    const copied = events[row(1)];
    if (copied === undefined) throw new Error('no row');
    events.splice(row(3) + 1, 0, copied);
    renumber();
    const { exit, counted } = await said(bench.of(one));
    expect([exit, counted]).toEqual(['INSERTED', { INSERTED: 1 }]);
  });

  it('is UNSIGNED behind the checkpoint, and no event of another stream in a part', async () => {
    await bench.tells(one.stream, 'NumberSeen', { n: 9 });
    expect(await said(bench.of(one))).toMatchObject({ exit: 'good', counted: UNSIGNED });
    bench.shared.pass(601_000);
    expect(await said(bench.of(one))).toMatchObject({ exit: 'unproven', counted: UNSIGNED });
  });
});

it('events that have changed places are REORDERED', async () => {
  const [first, second] = [row(0), row(3)];
  const { events } = bench.shared.store;
  const [a, b] = [events[first], events[second]];
  if (a === undefined || b === undefined) throw new Error('no rows');
  const [[, ...ofA], [, ...ofB]] = [a, b];
  change(first, () => [a[0], ...ofB]);
  change(second, () => [b[0], ...ofA]);
  const moved = [
    ['REORDERED', first],
    ['REORDERED', second],
  ];
  for (const part of [{ kind: 'ledger' } as const, bench.of(one), period]) {
    expect(await said(part)).toMatchObject({ exit: 'REORDERED', places: moved });
  }
});

describe('the tree', () => {
  it('with a damaged tile changes no verdict: the log gives the root', async () => {
    for (const name of ['0/0', '1/0']) {
      const tile = bench.shared.tree.tiles.get(name);
      tile?.writeUInt8(1 ^ tile.readUInt8(5), 5);
    }
    const whole = report(await checked(await bench.bundle()));
    expect(whole).toMatchObject({ exit: 'good', areLeavesDamaged: true, isComplete: true });
    expect(await said(bench.of(people[1] ?? one))).toMatchObject({ exit: 'good' });
    expect(await said(bench.of(one))).toMatchObject({ exit: 'good' });
  });

  it('that was rewritten with the log has not the root that was signed', async () => {
    change(row(1), ([p, s, r, i, t, m, d]) => [p, s, r, i, t, m, d.replace('1', '2')]);
    const { shared } = bench;
    const note = shared.tree.note;
    await shared.treeStore.renew(99);
    await rebuild(bench);
    shared.tree.note = note;
    const whole = await said({ kind: 'ledger' });
    expect(whole).toMatchObject({ exit: 'unproven', places: [] });
    expect(whole.counted).toEqual({ UNSIGNED: 265 });
    expect(await said(bench.of(one))).toMatchObject({ exit: 'unproven', counted: { UNSIGNED: 4 } });
  });
});

/** Takes the log into the tree as whoever has changed both would. */
async function rebuild({ shared }: BundleBench): Promise<void> {
  const { TreeWriter } = await import('../tree/tree-writer.js');
  const writer = await TreeWriter.open(shared.log, shared.treeStore, 99);
  while ((await writer.takeIn()).length > 0);
}

describe('keys', () => {
  it('that an event ends leave SHREDDED behind, and a receipt that verifies', async () => {
    await bench.erase(one);
    await bench.sign();
    const part = report(await checked(await bench.bundle(bench.of(one))));
    expect(part).toMatchObject({ exit: 'good', receipts: { good: 1, wrong: 0, unknown: 0 } });
    expect(part.totals).toMatchObject({ INTACT: 5, SHREDDED: 1 });
    const whole = report(await checked(await bench.bundle()));
    expect(whole.events.filter(({ verdict }) => verdict === 'SHREDDED')).toMatchObject([
      { stream: one.stream, revision: 0 },
    ]);
  });

  it.each(['destroyed', 'missing'])('that are %s and that none ends are LOST', async (how) => {
    if (how === 'missing') bench.keys.delete(one.key);
    else bench.ends(one.key, randomId<EventId>());
    const lost = { exit: 'LOST', places: [['LOST', row(0)]] };
    expect(await said({ kind: 'ledger' })).toMatchObject(lost);
    expect(await said(bench.of(one))).toMatchObject(lost);
  });

  it('whose loss was accepted are LOST all the same', async () => {
    bench.keys.delete(one.key);
    await bench.tells(one.stream, 'KeyLost', { parts: [{ key: one.key }] });
    await bench.sign();
    expect(await said(bench.of(one))).toMatchObject({ exit: 'LOST', counted: { LOST: 1 } });
  });

  it('of another person are ended by an event that comes with the part', async () => {
    const other = await bench.person();
    await bench.tells(one.stream, 'NumberSeen', { sealed: [envelope(other.subject, other.key)] });
    await bench.erase(other);
    await bench.sign();
    const part = report(await checked(await bench.bundle(bench.of(one))));
    expect(part).toMatchObject({ exit: 'good', totals: { SHREDDED: 1, LOST: 0 } });
    expect(part.events.filter(({ isEnding }) => isEnding)).toMatchObject([
      { type: 'ErasureStarted', stream: other.stream, verdict: 'INTACT' },
    ]);
    const theirs = report(await checked(await bench.bundle(bench.of(other))));
    expect(theirs.header.scope).toMatchObject({ elsewhere: { count: 1 } });
  });
});
