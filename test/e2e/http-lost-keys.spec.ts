import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { until } from '../faults/support/until.js';
import { dropKeys } from '../faults/support/vault-by-hand.js';
import type { Answer } from './http-server.js';
import { TestServer } from './http-server.js';

const BODY = {
  category: 'private',
  identity: { firstName: 'Matti', lastName: 'Meikäläinen', customerNumber: 'L-1' },
  contact: { email: 'matti@example.fi' },
};

describe('a key that is gone from the vault, and nobody has destroyed', () => {
  let server: TestServer;
  let staff: string;
  let officer: string;
  beforeAll(async () => {
    server = await TestServer.start();
    staff = await server.token('staff');
    officer = await server.token('officer');
  });
  afterAll(() => server.stop());

  const change = (id: string, phone: string) =>
    server.call('PATCH', `/api/customers/${id}/contact`, { token: staff, body: { phone } });
  const accept = (id: string, token: string) =>
    server.call('POST', `/api/customers/${id}/lost-keys`, { token });
  const typesOf = async (id: string) => {
    const { body } = await server.call('GET', `/api/customers/${id}/history`);
    return body.entries.map(({ type }) => type);
  };

  /** Reads until no process keeps the key any more. */
  async function readLost(id: string, category: string): Promise<Answer> {
    return until('the key to be missed', async () => {
      const read = await server.call('GET', `/api/customers/${id}`);
      return read.body.values?.[category]?.state === 'withheld' ? read : undefined;
    });
  }

  it('is lost and not erased; an officer says so, and then there is writing again', async () => {
    const { id } = await server.registered({ contact: { email: 'maija@example.fi' } });
    expect((await accept(id, officer)).body.code).toBe('no-key-lost');
    expect(await dropKeys(server.folder, id, 'contact')).toBe(1);
    const read = await readLost(id, 'contact');
    expect(read.body.values).toMatchObject({
      contact: { state: 'withheld', why: 'lost' },
      identity: { state: 'present' },
    });
    const refused = await change(id, '1');
    expect([refused.status, refused.body.code]).toEqual([409, 'key-lost']);

    expect((await accept(id, staff)).body.code).toBe('role-missing');
    expect(await typesOf(id)).toEqual(['CustomerRegistered']);
    const accepted = await accept(id, officer);
    expect(accepted.status).toBe(200);
    const changed = await change(id, '2');
    expect(changed.status).toBe(200);
    const now = await server.call('GET', `/api/customers/${id}?after=${changed.body.position}`);
    expect(now.body.values?.contact).toEqual({ state: 'present', value: { phone: '2' } });
    expect(await typesOf(id)).toEqual(['CustomerRegistered', 'KeyLost', 'ContactUpdated']);
  });

  it('holds back no retry of the registration that made it, which makes nothing again', async () => {
    const key = randomUUID();
    const made = await server.call('POST', '/api/customers', { key, body: BODY });
    expect(made.status).toBe(201);
    expect(await dropKeys(server.folder, made.body.id)).toBe(2);
    await readLost(made.body.id, 'identity');
    const again = await server.call('POST', '/api/customers', { key, body: BODY });
    expect([again.status, again.body.repeated]).toEqual([201, true]);
    expect(again.body).toMatchObject({
      id: made.body.id,
      events: made.body.events,
      position: made.body.position,
    });
    expect(await typesOf(made.body.id)).toEqual(['CustomerRegistered']);
    expect((await accept(made.body.id, officer)).status).toBe(200);
    const { body } = await server.call('GET', `/api/customers/${made.body.id}`);
    expect(body.values).toMatchObject({ identity: { why: 'lost' }, contact: { why: 'lost' } });
  });
});
