import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { customerStream } from '#customers';
import type { SubjectId } from '#kernel';

import { Disk } from '../faults/support/disk.js';
import { until } from '../faults/support/until.js';
import type { Answer, TestServer } from './http-server.js';

const disk = await Disk.under();
const { FILES, openLedger } = await import('../../apps/composition/index.js');
const { appendMoved, parkedOf } = await import('../faults/support/poison.js');
const http = await import('./http-server.js');

const SHORT = { LEDGER_WAIT_MS: '300' };
const LIMIT = 60_000;

/** What takes away: it answers when views are past it, or says where that is to be seen. */
const TAKING = [
  ['a ban', 'PUT', 'bans/direct-marketing', undefined],
  ['a restriction', 'POST', 'restriction', { ground: 'accuracy-contested' }],
  ['an erasure', 'POST', 'erasure', { ground: 'consent-withdrawn' }],
] as const;

describe('what takes away, while views', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await http.TestServer.start(SHORT);
  });
  afterEach(async () => {
    disk.mend();
    await server.stop();
  });

  const register = () => server.registered({ contact: { email: 'matti@example.fi' } });

  /** Asks it of somebody, is told 202, and gives the link. */
  async function begun(id: string, [, method, path, body]: (typeof TAKING)[number]) {
    const answer = await server.call(method, `/api/customers/${id}/${path}`, { body });
    expect(answer.status).toBe(202);
    expect(answer.body.events[0]?.type).toMatch(/^(UseForbidden|ProcessingRestricted|Erasure)/);
    const link = answer.headers.get('location') ?? '';
    expect(link).toBe(
      path === 'erasure'
        ? `/api/erasures/${answer.body.case}`
        : `/api/customers/${id}?after=${answer.body.position}`,
    );
    return link;
  }

  /** What the link shows once it is carried through. */
  function isThrough(answer: Answer): boolean {
    const { status, body } = answer;
    if (body.code === 'restricted') return status === 403;
    return status === 200 && (!('parts' in body) || body.status === 'erased');
  }

  it.each(TAKING)(
    'are slow: %s is answered with 202, and its link shows when it is through',
    async (...taking) => {
      const { id } = await register();
      disk.fails('read-only', [FILES.views]);
      const link = await begun(id, taking);
      const early = await server.call('GET', link);
      expect(isThrough(early)).toBe(false);
      disk.mend();
      await until('it to be carried through', async () =>
        isThrough(await server.call('GET', link)),
      );
      const read = await server.call('GET', `/api/customers/${id}`, {
        headers: { 'processing-purpose': 'data-subject-rights' },
      });
      if (taking[2] === 'erasure') expect(read.body.values?.contact?.state).toBe('erased');
      if (taking[1] === 'PUT') expect(read.body.forbidden).toEqual(['direct-marketing']);
    },
    LIMIT,
  );

  it(
    'are parked: all of it is answered with 202, and an erasure stays open',
    async () => {
      const [banned, restricted, erased] = [await register(), await register(), await register()];
      await park(server, banned.id);
      const [ban, restriction, erasure] = TAKING;
      const behind = await server.call('GET', await begun(banned.id, ban));
      expect([behind.status, behind.body.code]).toEqual([503, 'view-behind']);
      expect(behind.headers.get('retry-after')).toBe('1');
      const alike = await server.call('GET', await begun(restricted.id, restriction));
      expect([alike.status, alike.body.code]).toEqual([503, 'view-behind']);
      const open = await server.call('GET', await begun(erased.id, erasure));
      expect([open.status, open.body.status]).toEqual([200, 'erasing']);
      expect(open.body.parts[0]).toMatchObject({ receipts: [] });
    },
    LIMIT,
  );
});

/** Lets the register's view meet an event that it cannot fold. */
async function park(server: TestServer, id: string): Promise<void> {
  const settings = http.settingsFor(server.folder, SHORT);
  const beside = await openLedger({ settings, what: 'test', onProblem: () => undefined });
  try {
    const stream = customerStream(id as SubjectId);
    for await (const [first] of beside.stores.log.read(stream, 0)) {
      if (first !== undefined) await appendMoved(beside.stores.log, first);
      break;
    }
    await parkedOf(beside);
  } finally {
    await beside.close();
  }
}
