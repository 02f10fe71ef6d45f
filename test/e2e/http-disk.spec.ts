import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Disk } from '../faults/support/disk.js';
import type { DiskFault } from '../faults/support/disk.js';
import { until } from '../faults/support/until.js';
import type { Answer, TestServer } from './http-server.js';

const disk = await Disk.under();
const { FILES } = await import('../../apps/composition/index.js');
const http = await import('./http-server.js');

const FAULTS: readonly DiskFault[] = ['full', 'read-only'];
const LIMIT = 60_000;
/** Enough to fill the pages that a file has spare. */
const FILLING = 2_000;
const AT_ONCE = 50;

function bodyOf(name: string) {
  const contact = { email: `${name}@example.fi` };
  return { category: 'private', identity: { lastName: name, customerNumber: name }, contact };
}

describe('a server whose disk fails', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await http.TestServer.start({ LEDGER_WAIT_MS: '500' });
  });
  afterEach(async () => {
    disk.mend();
    await server.stop();
  });

  const register = (name: string, key?: string) =>
    server.call('POST', '/api/customers', { body: bodyOf(name), ...(key && { key }) });
  const read = (id: string, after = '') =>
    server.call('GET', `/api/customers/${id}${after === '' ? '' : `?after=${after}`}`);

  /** Registers people until one is answered by a 503; gives the others. */
  async function registerUntilRefused(): Promise<{ known: string[]; refused: Answer }> {
    const known: string[] = [];
    for (let from = 0; from < FILLING; from += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_, at) => `F-${String(from + at)}`);
      const answers = await Promise.all(names.map((name) => register(name)));
      known.push(...answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
      expect(answers.filter(({ status }) => ![201, 503].includes(status))).toEqual([]);
      const refused = answers.find(({ status }) => status === 503);
      if (refused !== undefined) return { known, refused };
    }
    throw new Error('the disk never failed');
  }

  it.each(FAULTS.flatMap((fault) => [[fault, 'log'] as const, [fault, 'vault'] as const]))(
    '(%s, %s): writes are 503, reads go on, and it heals without a restart',
    async (fault, store) => {
      const before = await server.registered(bodyOf('before'));
      disk.fails(fault, [FILES[store]]);
      const { known, refused } = await registerUntilRefused();
      expect(refused.headers.get('content-type')).toContain('application/problem+json');
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.body).toMatchObject({ code: 'outage', type: '/problems/outage' });
      const key = 'a3f1c9de-5b7a-4f0e-9a34-6d1f6a1f7c01';
      expect((await register('again', key)).status).toBe(503);
      expect((await read(before.id)).status).toBe(200);

      disk.mend();
      const healed = await register('again', key);
      expect([healed.status, healed.body.repeated]).toEqual([201, false]);
      const repeated = await register('again', key);
      expect([repeated.status, repeated.body.repeated]).toEqual([201, true]);
      expect(repeated.body).toMatchObject({ id: healed.body.id, position: healed.body.position });
      const ids = [before.id, ...known, healed.body.id];
      for (const id of ids) {
        const { status, body } = await read(id, repeated.body.position);
        expect([status, body.values?.identity?.state]).toEqual([200, 'present']);
      }
      const found = await server.call('POST', '/api/customers/search', { body: { limit: 1 } });
      expect(found.body.count).toBe(ids.length);
    },
    LIMIT,
  );

  it.each(FAULTS)(
    '(%s, views): writes and reads go on, what reads do not show yet is a 503, and it heals',
    async (fault) => {
      const before = await server.registered(bodyOf('before'));
      disk.fails(fault, [FILES.views]);
      const behind = await until('the read model to stand still', async () => {
        const made = await register('meanwhile-' + String(Math.random()).slice(2));
        expect(made.status).toBe(201);
        const answer = await read(made.body.id, made.body.position);
        return answer.status === 200 ? undefined : { answer, made };
      });
      expect(behind.answer.status).toBe(503);
      expect(behind.answer.body.code).toBe('view-behind');
      expect(behind.answer.headers.get('retry-after')).toBe('1');
      const old = await read(before.id);
      expect([old.status, old.body.values?.identity?.state]).toEqual([200, 'present']);
      const changed = await server.call('PATCH', `/api/customers/${before.id}/contact`, {
        body: { phone: '1' },
      });
      expect(changed.status).toBe(200);

      disk.mend();
      const { made } = behind;
      const healed = await until('the read model to come along', async () => {
        const answer = await read(made.body.id, made.body.position);
        return answer.status === 200 ? answer : undefined;
      });
      expect(healed.body.values?.identity?.state).toBe('present');
      const now = await read(before.id, changed.body.position);
      expect(now.body.values?.contact?.value).toMatchObject({ phone: '1' });
    },
    LIMIT,
  );
});
