import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { CATEGORIES } from '#kernel';
import { REGISTER_RETENTION_YEARS, VOUCHER_RETENTION_YEARS } from '#law';

import {
  categoriesOf,
  definitionFolder,
  DISCLOSURE_GROUNDS,
  LEGAL_BASIS_ARTICLES,
  mayUseRestricted,
  processes,
  purpose,
  readRegister,
} from '../index.js';

const { contactPerson, definition } = readRegister();
const notice = readFileSync(join(definitionFolder(), 'notice-2020-02-20.fi.txt'), 'utf8');

describe('the definition that ships with the product', () => {
  it('has exactly these purposes, and these may use restricted data', () => {
    expect(definition.purposes.map(({ code, restrictedUse }) => [code, restrictedUse])).toEqual([
      ['customer-register', null],
      ['order-management', null],
      ['archiving', null],
      ['customer-care', null],
      ['business-development', null],
      ['statistics', null],
      ['personalised-content', null],
      ['direct-advertising', null],
      ['directory-publication', null],
      ['invoicing', null],
      ['debt-collection', null],
      ['accounting', null],
      ['data-subject-rights', 'own-rights'],
      ['legal-claims', 'legal-claims'],
      ['protection-of-others', 'protection-of-others'],
      ['public-interest', 'public-interest'],
      ['audit', null],
    ]);
  });

  it('says what the notice says', () => {
    expect(notice).toContain(`Rekisterinpitäjä\t${definition.controller.name}`);
    expect(notice).toContain(`${contactPerson.name} ${contactPerson.email}`);
    expect(notice).toContain(`Rekisterin nimi\t${definition.registerName.fi}`);
    expect(definition.automatedDecisions).toBeNull();
    expect(definition.disclosureGrounds.map(({ code }) => code)).toEqual(DISCLOSURE_GROUNDS);
  });

  it('quotes the notice word for word where the law disagrees', () => {
    expect(definition.findings).toHaveLength(8);
    for (const quote of definition.findings.flatMap(({ quotes }) => quotes)) {
      expect(notice).toContain(quote);
    }
  });

  it('keeps as long as the law and the notice say', () => {
    const years = (code: string) => definition.retention.find((one) => one.code === code)?.years;
    expect(years('customer-register')).toBe(REGISTER_RETENTION_YEARS);
    expect(years('vouchers')).toBe(VOUCHER_RETENTION_YEARS);
  });

  it('has a legal basis of its own for each category of a purpose', () => {
    const invoicing = purpose(definition, 'invoicing');
    expect(invoicing?.legalBasis).toEqual({
      identity: 'contract',
      affiliation: 'legitimate-interest',
      contact: 'contract',
      orders: 'contract',
    });
    for (const of of definition.purposes) {
      for (const category of categoriesOf(of)) {
        const basis = of.legalBasis[category];
        expect(basis === undefined ? '' : LEGAL_BASIS_ARTICLES[basis]).toMatch(
          /^GDPR Art\. 6\(1\)/,
        );
      }
    }
  });

  it('finds a purpose by its code, and none by another', () => {
    expect(purpose(definition, 'accounting')?.title.fi).toBe('Kirjanpito');
    expect(purpose(definition, 'Accounting')).toBeUndefined();
    expect(purpose(definition, 'constructor')).toBeUndefined();
  });

  it('lets only an exception of the law use restricted data', () => {
    expect(mayUseRestricted(definition, 'legal-claims')).toBe(true);
    expect(mayUseRestricted(definition, 'data-subject-rights')).toBe(true);
    expect(mayUseRestricted(definition, 'customer-care')).toBe(false);
    expect(mayUseRestricted(definition, 'unknown')).toBe(false);
  });

  it('lets a purpose process what it has a basis for, and no more', () => {
    expect(processes(definition, 'accounting', 'orders')).toBe(true);
    expect(processes(definition, 'accounting', 'contact')).toBe(false);
    expect(processes(definition, 'customer-care', 'correspondence')).toBe(false);
    expect(processes(definition, 'unknown', 'orders')).toBe(false);
    expect(processes(definition, 'constructor', 'orders')).toBe(false);
  });

  it('declares every category that the ledger seals', () => {
    expect(definition.dataCategories.map(({ code }) => code)).toEqual(CATEGORIES);
    const accounting = purpose(definition, 'accounting');
    expect(accounting === undefined ? [] : categoriesOf(accounting)).toEqual(['orders']);
  });
});
