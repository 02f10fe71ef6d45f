import { randomBytes, randomUUID } from 'node:crypto';

import { sealedWith } from './sealing.js';
import type { CommandId, EventId, KeyId, NewEvent, Scope, StreamName, SubjectId } from '#kernel';
import { instantOf } from '#kernel';
import type { LiveKey } from '#vault';

const AT = instantOf(Date.UTC(2026, 0, 2));

/** An event of about 600 bytes, 210 of them personal, as the peers were measured with. */
export function sampleEvent(
  type: string,
  data: NewEvent['data'],
  id = randomUUID() as string as EventId,
): NewEvent {
  const command = randomUUID() as string as CommandId;
  return {
    id,
    type,
    metadata: {
      actor: 'bench',
      purpose: 'order-management',
      source: 'import',
      command,
      fingerprint: `hmac:${randomBytes(32).toString('base64url')}`,
      correlation: command,
      schema: 1,
      recordedAt: AT,
      salt: randomBytes(16).toString('base64url'),
    },
    data,
  };
}

/**
 * An order, its invoice and its payment, of one customer; the envelope is not one that opens.
 * @param key under which it says that it is sealed
 */
export function sampleTrade(
  subject: SubjectId,
  key = randomUUID() as string as KeyId,
): readonly NewEvent[] {
  const [order, invoice] = [randomUUID(), randomUUID()];
  const financialYear = '2026-12-31';
  const sealed = [
    {
      subject,
      category: 'orders' as const,
      scope: financialYear as Scope,
      key,
      nonce: randomBytes(12).toString('base64url'),
      ciphertext: randomBytes(208).toString('base64url'),
      commitment: randomBytes(32).toString('base64url'),
    },
  ];
  return [
    sampleEvent('OrderRecorded', { order, financialYear, sealed }),
    sampleEvent('InvoiceOpened', { invoice, order, financialYear, sealed }),
    sampleEvent('InvoiceSettled', { invoice, on: '2026-02-03' }),
  ];
}

/** A registration, as it is written today. */
export function sampleRegistration(
  sealed: NewEvent['data']['sealed'] = [],
  id = randomUUID() as string as EventId,
): NewEvent {
  const event = sampleEvent('CustomerRegistered', { category: 'private', notice: 1, sealed }, id);
  return { ...event, metadata: { ...event.metadata, schema: REGISTRATION_SCHEMA } };
}

const REGISTRATION_SCHEMA = 2;

/** A registration and changes of contact data under a key that is given: every event opens once. */
export function sampleContacts(stream: StreamName, key: LiveKey, count: number): NewEvent[] {
  return Array.from({ length: count }, (_, n) => {
    const id = randomUUID() as string as EventId;
    const value = {
      email: `${randomUUID()}@example.fi`,
      phone: '+358 40 123 4567',
      address: { street: 'Mannerheimintie 1 A 2', postalCode: '00100', city: 'Helsinki' },
    };
    const place = (type: string, schema: number) => ({ stream, event: id, type, schema });
    if (n === 0) {
      const at = place('CustomerRegistered', REGISTRATION_SCHEMA);
      return sampleRegistration([sealedWith(at, key, value)], id);
    }
    const sealed = [sealedWith(place('ContactUpdated', 1), key, value)];
    return sampleEvent('ContactUpdated', { sealed }, id);
  });
}
