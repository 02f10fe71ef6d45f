import { describe, expect, it } from '@jest/globals';

import { instantOf } from '#kernel';

import type { CustomerPolicy } from '../policy.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { withholding } from './access.js';
import type { Caller, Role } from './caller.js';

const at = instantOf(0);
const doc: CustomerDoc = {
  category: 'private',
  notice: 1,
  registeredAt: at,
  changedAt: at,
  revision: 0,
  ended: null,
  restricted: false,
  restrictionGround: null,
  waitingCases: [],
  waiting: false,
  held: {},
  forbidden: [],
  linked: [],
  absorbed: false,
  roles: [],
  erased: false,
  values: {},
  gone: {},
  tokens: {},
};
const policy: CustomerPolicy = {
  notice: 1,
  mayUseRestricted: (purpose) => purpose === 'legal-claims',
  financialYearOf: (date) => date,
};
const caller = (purpose: string, role: Role = 'officer'): Caller => ({
  account: 'an-account',
  role,
  purpose,
  source: 'staff',
});

describe('withholding', () => {
  it('keeps a reply address to the request that it came with', () => {
    const why = (purpose: string) => withholding(caller(purpose), doc, 'correspondence', policy);
    expect(why('customer-care')).toBe('purpose');
    expect(why('direct-advertising')).toBe('purpose');
    expect(why('data-subject-rights')).toBeUndefined();
    expect(why('legal-claims')).toBeUndefined();
  });

  it('shows an auditor nothing, for whatever purpose', () => {
    expect(withholding(caller('audit', 'auditor'), doc, 'contact', policy)).toBe('role');
    expect(withholding(caller('legal-claims', 'auditor'), doc, 'contact', policy)).toBe('role');
  });

  it('shows what waits for its erasure only for what holds it', () => {
    const waiting: CustomerDoc = { ...doc, held: { 'E-0000-0000-0000': ['contact'] } };
    const why = (purpose: string) => withholding(caller(purpose), waiting, 'contact', policy);
    expect(why('customer-care')).toBe('waiting');
    expect(why('invoicing')).toBeUndefined();
  });

  it('shows restricted data for what Art. 18(2) allows', () => {
    const restricted: CustomerDoc = { ...doc, restricted: true };
    const why = (purpose: string) => withholding(caller(purpose), restricted, 'contact', policy);
    expect(why('customer-care')).toBe('restricted');
    expect(why('legal-claims')).toBeUndefined();
  });
});
