import { describe, expect, it } from '@jest/globals';

import type { Category } from '#kernel';

import type { CustomerPolicy } from '../policy.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { emptyCustomer } from '../testing/index.js';
import { withholding } from './access.js';
import type { Caller, Role } from './caller.js';

const policy: CustomerPolicy = {
  notice: 1,
  processes: (purpose, category) =>
    purpose === 'legal-claims' || (category === 'contact' && purpose !== 'accounting'),
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
  it('shows a category only for a purpose that processes it', () => {
    const why = (purpose: string, category: Category) =>
      withholding(caller(purpose), emptyCustomer, category, policy);
    expect(why('customer-care', 'correspondence')).toBe('purpose');
    expect(why('accounting', 'contact')).toBe('purpose');
    expect(why('customer-care', 'contact')).toBeUndefined();
    expect(why('legal-claims', 'correspondence')).toBeUndefined();
  });

  it('shows an auditor nothing, for whatever purpose', () => {
    expect(withholding(caller('audit', 'auditor'), emptyCustomer, 'contact', policy)).toBe('role');
    expect(withholding(caller('legal-claims', 'auditor'), emptyCustomer, 'contact', policy)).toBe(
      'role',
    );
  });

  it('shows what waits for its erasure only for what holds it', () => {
    const waiting: CustomerDoc = { ...emptyCustomer, held: { 'E-0000-0000-0000': ['contact'] } };
    const why = (purpose: string) => withholding(caller(purpose), waiting, 'contact', policy);
    expect(why('customer-care')).toBe('waiting');
    expect(why('invoicing')).toBeUndefined();
  });

  it('shows restricted data for what Art. 18(2) allows', () => {
    const restricted: CustomerDoc = { ...emptyCustomer, restricted: true };
    const why = (purpose: string) => withholding(caller(purpose), restricted, 'contact', policy);
    expect(why('customer-care')).toBe('restricted');
    expect(why('legal-claims')).toBeUndefined();
  });
});
