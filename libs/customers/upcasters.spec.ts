import { describe, expect, it } from '@jest/globals';
import { Value } from 'typebox/value';

import { factOf, IntegrityError } from '#kernel';
import { open, sealingContext } from '#vault';

import { customerDecider } from './decider.js';
import { customerEventTypes } from './event-types.js';
import { customerRegisteredV1 } from './testing/fixtures/index.js';
import { ANNA, policyWith } from './testing/index.js';
import { customerUpcasters, olderCustomerVersions } from './upcasters.js';

const upcasters = customerUpcasters();

describe('the newest version of a type', () => {
  it('is the one that its type declares', () => {
    for (const { name, version } of Object.values(customerEventTypes)) {
      expect(upcasters.versionOf(name)).toBe(version);
    }
  });

  it('can be come to from every older one', () => {
    for (const { name, version } of olderCustomerVersions) {
      const event = { ...customerRegisteredV1().event, type: name };
      const old = { ...event, metadata: { ...event.metadata, schema: version } };
      expect(() => upcasters.lift(old)).not.toThrow();
    }
    const older = new Map(olderCustomerVersions.map(({ name, version }) => [name, version]));
    for (const { name, version } of Object.values(customerEventTypes)) {
      if (version > 1) expect(older.get(name)).toBe(version - 1);
    }
  });

  it('is never guessed: a newer one is refused', () => {
    const { event } = customerRegisteredV1();
    const newer = { ...event, metadata: { ...event.metadata, schema: 3 } };
    expect(() => upcasters.lift(newer)).toThrow(IntegrityError);
  });
});

describe('a registration of 2020', () => {
  const { event, dek, value } = customerRegisteredV1();
  const lifted = upcasters.lift(event);

  it('is one of the oldest version', () => {
    const plain = { category: event.data.category };
    const [v1] = olderCustomerVersions;
    expect(Value.Check(v1?.data ?? {}, plain)).toBe(true);
    expect(Value.Check(customerEventTypes.CustomerRegistered.data, plain)).toBe(false);
  });

  it('is read in the newest, with the first notice and the category of today', () => {
    const { sealed, ...plain } = lifted.data;
    expect(plain).toEqual({ category: 'non-profit', notice: 1 });
    expect(Value.Check(customerEventTypes.CustomerRegistered.data, plain)).toBe(true);
    expect(sealed).toEqual(event.data.sealed);
  });

  it('is not changed by that, and stays what was written', () => {
    expect(customerRegisteredV1().event).toEqual(event);
    expect(lifted.metadata).toEqual(event.metadata);
  });

  it('still opens: its envelope is bound to the version that was written', () => {
    const [envelope] = lifted.data.sealed ?? [];
    if (envelope === undefined) throw new Error('the fixture has no envelope');
    const { stream, id, type, metadata } = lifted;
    const context = sealingContext({ stream, event: id, type, schema: metadata.schema }, envelope);
    expect(open(Buffer.from(dek, 'base64url'), context, envelope)).toEqual(value);
  });

  it('makes a customer', () => {
    const decider = customerDecider(ANNA, policyWith());
    const state = decider.evolve(decider.initial(), factOf(lifted));
    expect(state).toMatchObject({ category: 'non-profit', generation: { identity: 1 } });
  });

  it.each(['company', 'private', 'public-administration'])('%s keeps its name', (category) => {
    expect(upcasters.lift({ ...event, data: { category } }).data.category).toBe(category);
  });
});
