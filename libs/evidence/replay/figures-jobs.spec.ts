import { describe, expect, it } from '@jest/globals';

import { anEvent, aStream } from '#event-log/contract';
import { MemoryEventLog, MemoryStore } from '#event-log/memory';
import type { Instant } from '#kernel';
import { instantOf, Outage } from '#kernel';

import { MemoryTree, SharedTree } from '../memory/index.js';
import { TreeWriter } from '../tree/tree-writer.js';
import type { FiguresAt, FiguresProgress } from './figures-at.js';
import { figuresAt } from './figures-at.js';
import { FiguresJobs } from './jobs.js';

const AT = instantOf(Date.UTC(2100, 0, 1));
const HOUR = 60 * 60 * 1000;

async function stores(count: number) {
  const log = new MemoryEventLog(new MemoryStore());
  const tree = new MemoryTree(new SharedTree());
  const happen = async (more: number) => {
    const events = Array.from({ length: more }, (_, n) => anEvent({ n }));
    if (more > 0) await log.append(aStream(), 'no-stream', events);
  };
  const takeIn = async () => {
    const writer = await TreeWriter.open(log, tree, 1);
    while ((await writer.takeIn()).length > 0);
  };
  await happen(count);
  return { log, tree, happen, takeIn };
}

/** Counts that end when they are told to. */
class Held {
  readonly #ends: (() => void)[] = [];
  tell: ((progress: FiguresProgress) => void) | undefined;

  constructor(private readonly result: FiguresAt) {}

  readonly count = async (at: Instant, tell: (progress: FiguresProgress) => void) => {
    this.tell = tell;
    await new Promise<void>((resolve) => this.#ends.push(resolve));
    return { ...this.result, at };
  };

  async end(): Promise<void> {
    this.#ends.splice(0).forEach((end) => {
      end();
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function held() {
  return new Held(await figuresAt(await stores(0), AT));
}

describe('figures of the log', () => {
  it('name the position read and the tree, and tell how far they are', async () => {
    const { takeIn, happen, ...read } = await stores(4_001);
    await takeIn();
    await happen(1);
    await takeIn();
    const told: FiguresProgress[] = [];
    const figures = await figuresAt(read, AT, (progress) => told.push(progress));
    const position = await read.log.head();
    expect(figures).toMatchObject({ at: AT, position, read: 4_002, treeSize: 4_002 });
    expect(told).toEqual([2_000, 4_000, 4_002].map((count) => ({ read: count, of: 4_002 })));
    expect(figures.events).toEqual({ total: 4_002, byType: { NumberSeen: 4_002 } });
  });

  it('name no tree that has not come so far, and none of an empty log but the empty one', async () => {
    const { takeIn, happen, ...read } = await stores(0);
    expect(await figuresAt(read, AT)).toMatchObject({ read: 0, treeSize: 0 });
    await happen(2);
    await takeIn();
    await happen(1);
    expect((await figuresAt(read, AT)).treeSize).toBeUndefined();
  });

  it('are of the log as it was when they were asked for', async () => {
    const { happen, log, tree } = await stores(3);
    const head = await log.head();
    const late = { readAll: log.readAll.bind(log), head: async () => head };
    await happen(2);
    expect(await figuresAt({ log: late, tree }, AT)).toMatchObject({ position: head, read: 3 });
  });
});

describe('a job that counts', () => {
  it('is answered when it is done, or goes on when enough was read', async () => {
    const counting = await held();
    const jobs = new FiguresJobs(counting.count);
    const begun = jobs.begin(AT, 10);
    counting.tell?.({ read: 9, of: 20 });
    counting.tell?.({ read: 10, of: 20 });
    const { id, result, progress } = await begun;
    expect({ result, progress }).toEqual({ result: undefined, progress: { read: 10, of: 20 } });
    counting.tell?.({ read: 15, of: 20 });
    expect(jobs.find(id)?.progress).toEqual({ read: 15, of: 20 });
    await counting.end();
    expect(jobs.find(id)?.result).toMatchObject({ at: AT, read: 0 });
    expect(jobs.find('another')).toBeUndefined();
  });

  it('is not begun while two others run', async () => {
    const counting = await held();
    const jobs = new FiguresJobs(counting.count);
    const running = [jobs.begin(AT, 10), jobs.begin(AT, 10)];
    await expect(jobs.begin(AT, 10)).rejects.toMatchObject({ name: 'TooManyJobs' });
    await counting.end();
    expect(await Promise.all(running)).toHaveLength(2);
    const third = jobs.begin(AT, 10);
    await counting.end();
    expect((await third).result).toBeDefined();
  });

  it('is forgotten after an hour, or when fifty others have ended', async () => {
    const result = await figuresAt(await stores(0), AT);
    let now = 0;
    const jobs = new FiguresJobs(
      async () => result,
      () => now,
    );
    const { id } = await jobs.begin(AT, 10);
    now = HOUR;
    expect(jobs.find(id)).toBeDefined();
    now = HOUR + 1;
    expect(jobs.find(id)).toBeUndefined();
    const first = await jobs.begin(AT, 10);
    for (let n = 0; n < 50; n++) await jobs.begin(AT, 10);
    expect(jobs.find(first.id)).toBeUndefined();
  });

  it('tells why it failed, to who begins it and to who asks for it', async () => {
    let fail: () => void = () => undefined;
    const jobs = new FiguresJobs(async (_, tell) => {
      tell({ read: 10, of: 20 });
      await new Promise<void>((resolve) => (fail = resolve));
      throw new Outage('event-log', 'closed');
    });
    const { id } = await jobs.begin(AT, 10);
    fail();
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => jobs.find(id)).toThrow('event-log: closed');
    const beginning = jobs.begin(AT, 11);
    fail();
    await expect(beginning).rejects.toThrow('event-log: closed');
  });
});
