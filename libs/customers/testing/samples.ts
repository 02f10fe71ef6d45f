import type { CommandId, KeyId, KeyRef, Scope, SubjectId } from '#kernel';
import { derivedId, instantOf } from '#kernel';
import type { LocalDate } from '#law';
import { financialYearEnd, isMonthDay, parseLocalDate } from '#law';

import { caseNumberOf } from '../ids.js';
import type { Affiliation, Contact, Identity, ReplyAddress, Voucher } from '../personal.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { emptyCustomer } from '../views/customers-view.js';

const id = (last: string) => `5f0c1b52-7a3e-4d86-9a11-${last.padStart(12, '0')}`;

export const ANNA = id('a1') as SubjectId;
export const BERTIL = id('b1') as SubjectId;
export const ACME = id('c1') as SubjectId;
export const OTHER_ORG = id('c2') as SubjectId;
export const ORDER = id('d1');
export const INVOICE = id('e1');
export const OTHER_INVOICE = id('e2');
export const COMMAND = id('f1') as CommandId;
export const CASE = caseNumberOf('first');
export const OTHER_CASE = caseNumberOf('second');

/** A Monday morning in Helsinki. */
export const NOW = instantOf(Date.UTC(2026, 2, 2, 9, 15));
/** A purpose that may use restricted data, and one that may not. */
export const CLAIMS = 'legal-claims';
export const CARE = 'customer-relationship';

export const identity: Identity = {
  customerNumber: 'A-100',
  firstName: 'Anna',
  lastName: 'Köhler',
};
export const contact: Contact = {
  email: 'Anna@Example.fi',
  phone: '+358 40 123 4567',
  address: { street: 'Rantakatu 1', postalCode: '00100', city: 'Helsinki' },
};
export const affiliation: Affiliation = { organisation: 'Acme Oy', title: 'Buyer' };
export const reply: ReplyAddress = { email: 'anna@example.org', language: 'fi' };

/** A voucher of a business date. */
export function voucher(date: string): Voucher {
  return { date, buyer: { name: 'Anna Köhler' }, total: '12.50', currency: 'EUR' };
}

/** A day that a test names. */
export function day(text: string): LocalDate {
  const parsed = parseLocalDate(text);
  if (parsed === undefined) throw new Error(`${text} is not a day`);
  return parsed;
}

/** A scope that a test names. */
export function scope(text: string): Scope {
  return text as Scope;
}

/** The key that a test's vault has for a scope: the same whenever it is asked. */
export function keyFor(ref: Pick<KeyRef, 'subject' | 'category' | 'scope'>): KeyId {
  return derivedId<KeyId>(ref.subject, `key:${ref.category}:${ref.scope}`);
}

/** What {@link COMMAND} mints. */
export function minted(label: string): string {
  return derivedId(COMMAND, `mint:${label}`);
}

/** The register's policy, with a financial year that ends on the day given. */
export function policyWith(yearEnd = '12-31'): CustomerPolicy {
  if (!isMonthDay(yearEnd)) throw new Error(`${yearEnd} is no day of the year`);
  return {
    notice: 3,
    processes: (purpose, category) =>
      category === 'correspondence'
        ? purpose === CLAIMS
        : purpose !== 'accounting' || category === 'orders',
    mayUseRestricted: (purpose) => purpose === CLAIMS,
    mayReceive: (_, recipient) => recipient === 'authorities',
    financialYearOf: (date) => financialYearEnd(date, yearEnd),
  };
}

/** A private customer of whom the register has nothing. */
export const emptyPrivate: CustomerDoc = {
  ...emptyCustomer,
  category: 'private',
  notice: 1,
  registeredAt: instantOf(0),
  changedAt: instantOf(0),
  revision: 0,
};
