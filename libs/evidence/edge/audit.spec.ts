import { describe, expect, it } from '@jest/globals';
import type { FastifyReply } from 'fastify';

import { Cursors } from '#edge';
import { MemoryEventLog, MemoryStore } from '#event-log/memory';
import { instantOf } from '#kernel';

import { Auditor, figuresAt, FiguresJobs } from '../index.js';
import type { FiguresProgress } from '../index.js';
import { MemoryTree, SharedTree } from '../memory/index.js';
import { AuditController, FiguresBody } from './audit.js';
import { AuditDesk } from './audit-desk.js';

const NOW = instantOf(Date.UTC(2026, 2, 2));
const AT = Object.assign(new FiguresBody(), { at: '2026-03-01T00:00:00Z' });

class TestDesk extends AuditDesk {
  constructor(
    override readonly auditor: Auditor,
    override readonly figures: FiguresJobs,
  ) {
    super();
  }

  override now() {
    return NOW;
  }

  override isEventType(): boolean {
    return true;
  }
}

/** A log so long that nobody waits for its figures: they are done when a test says so. */
function longLog() {
  const log = new MemoryEventLog(new MemoryStore());
  const tree = new MemoryTree(new SharedTree());
  const told: ((progress: FiguresProgress) => void)[] = [];
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const figures = new FiguresJobs(async (at, tell) => {
    told.push(tell);
    tell({ read: 50_000, of: 60_000 });
    await finished;
    return figuresAt({ log, tree }, at);
  });
  const desk = new TestDesk(new Auditor(log), figures);
  const audit = new AuditController(desk, new Cursors(Buffer.alloc(32)));
  return { audit, told, finish };
}

/** What a reply is told. */
function aReply() {
  const said: unknown[] = [];
  const reply = {
    code: (status: number) => (said.push(status), reply),
    header: (name: string, value: string) => (said.push(name, value), reply),
  };
  // The route asks no more of it.
  return { said, reply: reply as unknown as FastifyReply };
}

describe('figures of a long log', () => {
  it('are a job that tells how far it is, and then what they are', async () => {
    const { audit, told, finish } = longLog();
    const { said, reply } = aReply();
    const begun = await audit.count(AT, reply);
    expect(begun).toMatchObject({
      at: '2026-03-01T00:00:00.000Z',
      state: 'counting',
      progress: { read: 50_000, of: 60_000 },
      figures: null,
    });
    expect(said).toEqual([202, 'location', `/api/audit/figures/${begun.id}`]);
    told[0]?.({ read: 52_000, of: 60_000 });
    expect(audit.figures(begun.id)).toMatchObject({ progress: { read: 52_000, of: 60_000 } });
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(audit.figures(begun.id)).toMatchObject({
      state: 'done',
      figures: { treeSize: 0, customers: { total: 0 } },
    });
  });

  it('are counted two at a time', async () => {
    const { audit } = longLog();
    await audit.count(AT, aReply().reply);
    await audit.count(AT, aReply().reply);
    await expect(audit.count(AT, aReply().reply)).rejects.toMatchObject({
      code: 'jobs-running',
      more: { retryAfterSeconds: 10 },
    });
  });
});
