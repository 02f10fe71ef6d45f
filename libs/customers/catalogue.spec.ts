import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';

import type { TSchema } from 'typebox';
import { CATEGORIES } from '#kernel';

import { catalogue } from './catalogue.js';
import { customerEventTypes } from './event-types.js';
import { customerRegisteredV1 } from './testing/fixtures/index.js';
import { affiliation, contact, identity, reply, voucher } from './testing/index.js';
import { customerUpcasters } from './upcasters.js';

const { events, metadata, envelope, personal } = catalogue(customerEventTypes);

function schemaOf(name: string, version: number): TSchema {
  const found = events.find((entry) => entry.name === name && entry.version === version);
  if (found === undefined) throw new Error(`${name}@${String(version)} is not in the catalogue`);
  return found.data;
}

describe('the event catalogue', () => {
  it('names every type with its newest version, what it says and what it may seal', () => {
    for (const { name, version, says, seals } of Object.values(customerEventTypes)) {
      expect(events).toContainEqual(
        expect.objectContaining({ name, version, says, seals, current: true }),
      );
    }
    expect(says()).toHaveLength(new Set(says()).size);
  });

  it('names the older versions that a log may hold', () => {
    const older = events.filter(({ current }) => !current);
    expect(older.map(({ name, version }) => `${name}@${String(version)}`)).toEqual([
      'CustomerRegistered@1',
    ]);
  });

  it('is plain JSON, with strict schemas throughout', () => {
    const plain: unknown = JSON.parse(JSON.stringify(catalogue(customerEventTypes)));
    expect(plain).toMatchObject({ events: expect.any(Array) as unknown, metadata: {} });
    for (const { data } of events) {
      expect(JSON.parse(JSON.stringify(data))).toMatchObject({
        type: 'object',
        additionalProperties: false,
      });
    }
  });

  it('describes data as they are stored, in the version that they were written in', () => {
    const { event } = customerRegisteredV1();
    const lifted = customerUpcasters().lift(event);
    expect(Value.Check(schemaOf('CustomerRegistered', 1), event.data)).toBe(true);
    expect(Value.Check(schemaOf('CustomerRegistered', 2), lifted.data)).toBe(true);
    expect(Value.Check(schemaOf('CustomerRegistered', 2), event.data)).toBe(false);
    expect(Value.Check(metadata, event.metadata)).toBe(true);
    for (const sealed of event.data.sealed ?? []) expect(Value.Check(envelope, sealed)).toBe(true);
  });

  it('knows no envelope of a category that the type does not seal, nor one in clear', () => {
    const [sealed] = customerRegisteredV1().event.data.sealed ?? [];
    const check = (name: string, data: unknown) => Value.Check(schemaOf(name, 1), data);
    expect(check('ContactUpdated', { sealed: [sealed] })).toBe(false);
    expect(check('ContactUpdated', { sealed: [{ ...sealed, category: 'contact' }] })).toBe(true);
    expect(
      check('ContactUpdated', { sealed: [{ ...sealed, category: 'contact', value: {} }] }),
    ).toBe(false);
    expect(check('InvoiceSettled', { invoice: sealed?.key, on: '2026-01-01', sealed: [] })).toBe(
      false,
    );
  });

  it('refuses what is not described, and dates that do not exist', () => {
    const check = (data: unknown) => Value.Check(schemaOf('CustomershipEnded', 1), data);
    expect(check({ on: '2026-02-01' })).toBe(true);
    expect(check({ on: '2026-02-30' })).toBe(false);
    expect(check({ on: '2026-02-01', why: 'moved' })).toBe(false);
    expect(check({})).toBe(false);
  });

  it('describes what lies in the envelopes of every category', () => {
    expect(Object.keys(personal).toSorted()).toEqual([...CATEGORIES].toSorted());
    expect(Value.Check(personal.identity, identity)).toBe(true);
    expect(Value.Check(personal.affiliation, affiliation)).toBe(true);
    expect(Value.Check(personal.affiliation, { name: 'Bertil Berg' })).toBe(true);
    expect(Value.Check(personal.contact, contact)).toBe(true);
    expect(Value.Check(personal.orders, voucher('2026-01-01'))).toBe(true);
    expect(Value.Check(personal.correspondence, reply)).toBe(true);
    expect(Value.Check(personal.contact, { ...contact, mobile: '1' })).toBe(false);
  });
});

function says(): readonly string[] {
  return Object.values(customerEventTypes).map((type) => type.says);
}
