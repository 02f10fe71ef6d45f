import { describe, expect, it } from '@jest/globals';

import { plusMillis } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import {
  ACME,
  affiliation,
  ANNA,
  BERTIL,
  CARE,
  CASE,
  CLAIMS,
  day,
  erasureRequested,
  given,
  identity,
  INVOICE,
  invoiceOpened,
  NOW,
  ORDER,
  registered,
  roleStarted,
  voucher,
} from '../testing/index.js';
import { RESTRICTION_GROUNDS } from '../vocabulary.js';

const restricted = {
  type: 'ProcessingRestricted',
  data: { ground: 'accuracy-contested' },
} as const;

describe('a restriction', () => {
  it.each(RESTRICTION_GROUNDS)('on the ground %s is set once', (ground) => {
    const restrict = { do: 'restrict', subject: ANNA, ground } as const;
    const set = { type: 'ProcessingRestricted', data: { ground } } as const;
    given(registered).when(restrict).then(set);
    given(registered, set).when(restrict).then();
  });

  it('changes its ground', () => {
    given(registered, restricted)
      .when({ do: 'restrict', subject: ANNA, ground: 'needed-for-claims' })
      .then({ type: 'ProcessingRestricted', data: { ground: 'needed-for-claims' } });
  });

  it('is lifted after the person was told, never before (Art. 18(3))', () => {
    const lift = { do: 'lift-restriction', subject: ANNA, toldAt: NOW } as const;
    given(registered, restricted)
      .when(lift)
      .then({ type: 'RestrictionLifted', data: { toldAt: NOW } });
    given(registered, restricted)
      .when({ ...lift, toldAt: plusMillis(NOW, 1) })
      .thenRefused('told-in-future', 'unprocessable');
    given(registered).when(lift).then();
  });
});

const on = day('2026-02-01');
const changes = { changes: {} };

/** One of each, that an unrestricted customer would not refuse. */
const ORDINARY: readonly CustomerCommand[] = [
  { do: 'update-identity', subject: ANNA, ...changes },
  { do: 'update-contact', subject: ANNA, ...changes },
  { do: 'update-affiliation', subject: ANNA, ...changes },
  { do: 'start-contact-role', subject: ANNA, organisation: ACME, affiliation, on },
  { do: 'end-contact-role', subject: ANNA, organisation: ACME, on },
  { do: 'record-order', subject: ANNA, voucher: voucher('2026-01-01') },
  { do: 'cancel-order', subject: ANNA, order: ORDER, on },
  { do: 'open-invoice', subject: ANNA, voucher: voucher('2026-01-01') },
  { do: 'settle-invoice', subject: ANNA, invoice: INVOICE, on },
  { do: 'credit-invoice', subject: ANNA, invoice: INVOICE, on },
  { do: 'start-collection', subject: ANNA, invoice: INVOICE, on },
  { do: 'end-collection', subject: ANNA, invoice: INVOICE, on },
  { do: 'record-invoice', subject: ANNA, voucher: voucher('2026-01-01'), settledOn: on },
  { do: 'end-customership', subject: ANNA, on },
  { do: 'resume-customership', subject: ANNA, on },
];

/** What carries out the person's own rights, or the ledger's duties towards them. */
const RIGHTS: readonly CustomerCommand[] = [
  { do: 'merge', subject: ANNA, with: BERTIL, role: 'kept' },
  { do: 'forbid-use', subject: ANNA, use: 'direct-marketing' },
  { do: 'allow-use', subject: ANNA, use: 'direct-marketing' },
  { do: 'restrict', subject: ANNA, ground: 'objection-pending' },
  { do: 'lift-restriction', subject: ANNA, toldAt: NOW },
  {
    do: 'request-erasure',
    subject: ANNA,
    case: CASE,
    ground: 'objection',
    categories: ['identity'],
  },
  { do: 'withdraw-erasure', subject: ANNA, case: CASE },
  { do: 'continue-erasure', subject: ANNA, case: CASE },
  { do: 'close-case', subject: ANNA, case: CASE },
  { do: 'complete-ending', subject: ANNA, cause: ORDER, keys: [] },
  { do: 'repeat-erasure', subject: ANNA, keys: [], knownBy: ['anchor'], first: ORDER },
  { do: 'record-key-lost', subject: ANNA, keys: [] },
  { do: 'drop-reservation', subject: ANNA },
];

describe('while processing is restricted', () => {
  const customer = given(
    registered,
    roleStarted(ACME),
    invoiceOpened(INVOICE, '2026-01-05'),
    restricted,
  );

  it.each(ORDINARY.map((command) => [command.do, command] as const))(
    '%s is refused, but for a purpose that Art. 18(2) allows',
    (_, command) => {
      customer.for(CARE).when(command).thenRefused('restricted', 'forbidden');
      const { decided } = customer.for(CLAIMS).when(command);
      expect(decided).not.toMatchObject({ code: 'restricted' });
    },
  );

  it.each(RIGHTS.map((command) => [command.do, command] as const))(
    '%s is not refused for that, whatever the purpose',
    (_, command) => {
      const { decided } = customer.for(CARE).when(command);
      expect(decided).not.toMatchObject({ code: 'restricted' });
    },
  );

  it('a customer that does not exist is not found, rather than restricted', () => {
    for (const command of [...ORDINARY, ...RIGHTS]) {
      if (command.do === 'drop-reservation') continue;
      given().when(command).thenRefused('customer-not-found', 'not-found');
    }
  });

  it('a registration that was given up takes nothing at all', () => {
    const dropped = given({ type: 'ReservationDropped', data: {} });
    for (const command of [...ORDINARY, ...RIGHTS]) {
      dropped.when(command).thenRefused('reservation-dropped');
    }
    dropped
      .when({ do: 'register', subject: ANNA, category: 'private', identity })
      .thenRefused('reservation-dropped');
  });

  it('an erasure goes on (restriction wins only for the claim that it serves)', () => {
    given(registered, restricted, erasureRequested(CASE, ['contact']))
      .for(CARE)
      .when({ do: 'close-case', subject: ANNA, case: CASE })
      .then({ type: 'ErasureCaseClosed', data: { case: CASE, ends: [] } });
  });
});
