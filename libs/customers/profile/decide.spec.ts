import { describe, it } from '@jest/globals';

import type { CustomerDraft } from '../event-types.js';
import {
  affiliation,
  ANNA,
  CASE,
  contact,
  erasureStarted,
  eventId,
  given,
  identity,
  keyFor,
  part,
  registered,
  registeredByName,
  scope,
  sealedFor,
} from '../testing/index.js';

const register = { do: 'register', subject: ANNA, category: 'private', identity } as const;
const updateContact = { do: 'update-contact', subject: ANNA } as const;
const updateIdentity = { do: 'update-identity', subject: ANNA } as const;
const updateAffiliation = { do: 'update-affiliation', subject: ANNA } as const;

describe('register', () => {
  it('records category, notice in force and everything given, each under a key of its own', () => {
    given()
      .when({ ...register, contact, affiliation })
      .then(registered);
  });

  it('seals nothing that was not given', () => {
    given().when(register).then(registeredByName);
  });

  it('happens once', () => {
    given(registered).when(register).thenRefused('already-registered');
  });

  it('is refused where the registration was given up before', () => {
    given({ type: 'ReservationDropped', data: {} })
      .when(register)
      .thenRefused('reservation-dropped');
  });
});

describe('drop-reservation', () => {
  const drop = { do: 'drop-reservation', subject: ANNA } as const;

  it('closes a stream that has no registration', () => {
    given().when(drop).then({ type: 'ReservationDropped', data: {} });
  });

  it('changes nothing for a customer', () => {
    given(registered).when(drop).then();
  });
});

describe('an update', () => {
  it('carries the whole new value under the same key', () => {
    given(registered)
      .when({ ...updateContact, changes: { phone: '+358 50 1' } })
      .then({
        type: 'ContactUpdated',
        data: {},
        personal: [sealedFor('contact', 'g1', { ...contact, phone: '+358 50 1' })],
      });
  });

  it('is no event where nothing changes, in whatever order the fields come', () => {
    const address = { city: 'Helsinki', postalCode: '00100', street: 'Rantakatu 1' };
    given(registered)
      .when({ ...updateContact, changes: { address, phone: '+358 40 123 4567' } })
      .then();
    given(registered)
      .when({ ...updateContact, changes: {} })
      .then();
    given(registered)
      .when({ ...updateIdentity, changes: { businessId: null } })
      .then();
  });

  it('begins the first generation of a category that had no value', () => {
    given(registeredByName)
      .when({ ...updateContact, changes: { email: 'a@b.fi' } })
      .then({
        type: 'ContactUpdated',
        data: {},
        personal: [sealedFor('contact', 'g1', { email: 'a@b.fi' })],
      });
  });

  it.each([
    ['a field', { phone: null }, { email: contact.email, address: contact.address }],
    [
      'a line of the address',
      { address: { city: 'Helsinki' } },
      { ...contact, address: { city: 'Helsinki' } },
    ],
  ])('that removes %s seals what stays anew and ends the old key', (_, changes, stays) => {
    given(registered)
      .when({ ...updateContact, changes })
      .then({
        type: 'ContactUpdated',
        data: { ends: [part('contact', 'g1')] },
        personal: [sealedFor('contact', 'g2', stays)],
      });
  });

  it('after a removal goes on in the new generation', () => {
    const removed = sealedFor('contact', 'g2', { email: 'a@b.fi' });
    given(registered, {
      type: 'ContactUpdated',
      data: { ends: [part('contact', 'g1')] },
      personal: [removed],
    })
      .when({ ...updateContact, changes: { phone: '1' } })
      .then({
        type: 'ContactUpdated',
        data: {},
        personal: [sealedFor('contact', 'g2', { email: 'a@b.fi', phone: '1' })],
      });
  });

  it('of a category that was erased, or is being erased, is refused', () => {
    const begun = given(registered, erasureStarted(CASE, part('contact', 'g1')));
    begun.when({ ...updateContact, changes: { phone: '1' } }).thenRefused('erased');
    begun.when({ ...updateIdentity, changes: { lastName: 'Berg' } }).then({
      type: 'IdentityUpdated',
      data: {},
      personal: [sealedFor('identity', 'g1', { ...identity, lastName: 'Berg' })],
    });
  });

  it('of a customer that does not exist is refused', () => {
    given()
      .when({ ...updateContact, changes: { phone: '1' } })
      .thenRefused('customer-not-found', 'not-found');
  });
});

describe('an update of the identity', () => {
  it('never changes the customer number', () => {
    given(registered)
      .when({ ...updateIdentity, changes: { customerNumber: 'A-101' } })
      .thenRefused('customer-number-fixed', 'unprocessable');
    given(registered)
      .when({ ...updateIdentity, changes: { customerNumber: null } })
      .thenRefused('customer-number-fixed', 'unprocessable');
  });

  it('leaves a name', () => {
    given(registered)
      .when({ ...updateIdentity, changes: { firstName: null, lastName: null } })
      .thenRefused('name-missing', 'unprocessable');
    given(registered)
      .when({
        ...updateIdentity,
        changes: { firstName: null, lastName: null, organisationName: 'Köhler Oy' },
      })
      .then({
        type: 'IdentityUpdated',
        data: { ends: [part('identity', 'g1')] },
        personal: [
          sealedFor('identity', 'g2', { customerNumber: 'A-100', organisationName: 'Köhler Oy' }),
        ],
      });
  });
});

describe('an update of the affiliation', () => {
  it('does not leave a title at no organisation', () => {
    given(registered)
      .when({ ...updateAffiliation, changes: { organisation: null } })
      .thenRefused('organisation-missing', 'unprocessable');
    given(registeredByName)
      .when({ ...updateAffiliation, changes: { title: 'Buyer' } })
      .thenRefused('organisation-missing', 'unprocessable');
  });

  it('may remove all of it', () => {
    given(registered)
      .when({ ...updateAffiliation, changes: { organisation: null, title: null } })
      .then({
        type: 'AffiliationUpdated',
        data: { ends: [part('affiliation', 'g1')] },
        personal: [sealedFor('affiliation', 'g2', {})],
      });
  });
});

describe('a lost key', () => {
  const lost = keyFor({ subject: ANNA, category: 'contact', scope: scope('g1') });
  const recordLost = { do: 'record-key-lost', subject: ANNA, keys: [lost] } as const;
  const keyLost: CustomerDraft = { type: 'KeyLost', data: { parts: [part('contact', 'g1')] } };

  it('is accepted once, and only where the stream thinks it alive', () => {
    given(registered).when(recordLost).then(keyLost);
    given(registered, keyLost).when(recordLost).then();
    given(registered, erasureStarted(CASE, part('contact', 'g1')))
      .when(recordLost)
      .then();
    given(registered)
      .when({
        ...recordLost,
        keys: [keyFor({ subject: ANNA, category: 'contact', scope: scope('g9') })],
      })
      .then();
  });

  it('keeps its value from being overwritten until it is accepted', () => {
    given(registered)
      .unseen('contact')
      .when({ ...updateContact, changes: { phone: '1' } })
      .thenRefused('key-lost');
    given(registered)
      .unseen('contact')
      .when({ ...updateContact, changes: { phone: null } })
      .thenRefused('key-lost');
  });

  it('gives place to a new generation once it is accepted', () => {
    given(registered, keyLost)
      .unseen('contact')
      .when({ ...updateContact, changes: { phone: '1' } })
      .then({
        type: 'ContactUpdated',
        data: {},
        personal: [sealedFor('contact', 'g2', { phone: '1' })],
      });
  });
});

describe('keys that a rectification ended', () => {
  const ended: CustomerDraft = {
    type: 'ContactUpdated',
    data: { ends: [part('contact', 'g1')] },
    personal: [sealedFor('contact', 'g2', {})],
  };
  const key = keyFor({ subject: ANNA, category: 'contact', scope: scope('g1') });
  const complete = {
    do: 'complete-ending',
    subject: ANNA,
    cause: eventId(1),
    keys: [{ key, fingerprint: 'print' }],
  } as const;
  const destroyed: CustomerDraft = {
    type: 'KeysDestroyed',
    data: { cause: eventId(1), keys: [{ key, fingerprint: 'print' }] },
  };

  it('are recorded as destroyed, once', () => {
    given(registered, ended).when(complete).then(destroyed);
    given(registered, ended, destroyed).when(complete).then();
  });

  it('are not those of an erasure, which has a receipt', () => {
    given(registered, erasureStarted(CASE, part('contact', 'g1')))
      .when(complete)
      .then();
  });
});
