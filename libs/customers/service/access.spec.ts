import { describe, expect, it } from '@jest/globals';

import type { Category } from '#kernel';

import type { CustomerPolicy } from '../policy.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { emptyPrivate } from '../testing/index.js';
import { withholding } from './access.js';
import type { Caller, Role } from './caller.js';

const policy: CustomerPolicy = {
  notice: 1,
  processes: (purpose, category) =>
    purpose === 'legal-claims' || (category === 'contact' && purpose !== 'accounting'),
  mayReceive: () => false,
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
      withholding(caller(purpose), emptyPrivate, category, policy);
    expect(why('customer-care', 'correspondence')).toBe('purpose');
    expect(why('accounting', 'contact')).toBe('purpose');
    expect(why('customer-care', 'contact')).toBeUndefined();
    expect(why('legal-claims', 'correspondence')).toBeUndefined();
  });

  it('shows an auditor nothing, for whatever purpose', () => {
    expect(withholding(caller('audit', 'auditor'), emptyPrivate, 'contact', policy)).toBe('role');
    expect(withholding(caller('legal-claims', 'auditor'), emptyPrivate, 'contact', policy)).toBe(
      'role',
    );
  });

  it('shows what waits for its erasure only for what holds it', () => {
    const waiting: CustomerDoc = { ...emptyPrivate, held: { 'E-0000-0000-0000': ['contact'] } };
    const why = (purpose: string) => withholding(caller(purpose), waiting, 'contact', policy);
    expect(why('customer-care')).toBe('waiting');
    expect(why('invoicing')).toBeUndefined();
  });

  it('shows restricted data for what Art. 18(2) allows', () => {
    const restricted: CustomerDoc = { ...emptyPrivate, restricted: true };
    const why = (purpose: string) => withholding(caller(purpose), restricted, 'contact', policy);
    expect(why('customer-care')).toBe('restricted');
    expect(why('legal-claims')).toBeUndefined();
  });
});
