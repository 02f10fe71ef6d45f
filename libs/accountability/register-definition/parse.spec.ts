import { describe, expect, it } from '@jest/globals';
import { InvalidInput } from '#kernel';
import { isMonthDay } from '#law';
import { Value } from 'typebox/value';

import { parseRegisterDefinition, readRegister, RegisterDefinition } from '../index.js';

type Draft = RegisterDefinition;
type Mutable = Record<string, unknown>;

const { definition } = readRegister();

/** The shipped definition with one thing changed. */
function changed(change: (draft: Draft) => void): unknown {
  const draft = structuredClone(definition);
  change(draft);
  return draft;
}

/** Sets a field to what its type would not allow. */
function set(object: object, field: string, value: unknown): void {
  (object as Mutable)[field] = value;
}

/** An entry that is known to be there. */
function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`no entry ${String(index)}`);
  return found;
}

function errorOf(json: unknown): { field: string; rule: string; hint: string } {
  try {
    parseRegisterDefinition(json);
  } catch (error) {
    if (error instanceof InvalidInput) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const invoicing = definition.purposes.findIndex(({ code }) => code === 'invoicing');
const accounting = definition.purposes.findIndex(({ code }) => code === 'accounting');

describe('a register definition', () => {
  it('is taken as it is', () => {
    expect(parseRegisterDefinition(structuredClone(definition))).toEqual(definition);
  });

  it.each<[string, string, unknown]>([
    ['definition', 'type', null],
    ['definition', 'type', []],
    ['definition', 'type', 'text'],
    ['registerName', 'required', {}],
    [
      'purposes.0.title.sv',
      'required',
      changed((d) => {
        Reflect.deleteProperty(at(d.purposes, 0).title, 'sv');
      }),
    ],
    [
      'purposes.0.title.sv',
      'min-length',
      changed((d) => {
        at(d.purposes, 0).title.sv = '';
      }),
    ],
    [
      'purposes.0.code',
      'pattern',
      changed((d) => {
        at(d.purposes, 0).code = 'Not A Code';
      }),
    ],
    [
      'purposes.0.legalBasis',
      'min-properties',
      changed((d) => {
        at(d.purposes, 0).legalBasis = {};
      }),
    ],
    [
      'purposes.0.legalBasis.identity',
      'enum',
      changed((d) => {
        set(at(d.purposes, 0).legalBasis, 'identity', 'consent');
      }),
    ],
    [
      'purposes.0.legalBasis.shoe-size',
      'unknown-field',
      changed((d) => {
        set(at(d.purposes, 0).legalBasis, 'shoe-size', 'contract');
      }),
    ],
    [
      'purposes.0.restrictedUse',
      'enum',
      changed((d) => {
        set(at(d.purposes, 0), 'restrictedUse', 'curiosity');
      }),
    ],
    [
      'contactPerson',
      'unknown-field',
      changed((d) => {
        set(d, 'contactPerson', {});
      }),
    ],
    [
      'financialYearEnd',
      'pattern',
      changed((d) => {
        set(d, 'financialYearEnd', '02-30');
      }),
    ],
    [
      'retention.0.years',
      'type',
      changed((d) => {
        at(d.retention, 0).years = 1.5;
      }),
    ],
    [
      'sources.0.code',
      'enum',
      changed((d) => {
        set(at(d.sources, 0), 'code', 'hearsay');
      }),
    ],
    [
      'disclosureGrounds.0.code',
      'enum',
      changed((d) => {
        set(at(d.disclosureGrounds, 0), 'code', 'sale');
      }),
    ],
  ])('is refused for the form of %s (%s)', (field, rule, json) => {
    expect(errorOf(json)).toMatchObject({ field, rule });
  });

  it.each<[string, string, unknown]>([
    [
      'purposes.1.code',
      'code-twice',
      changed((d) => {
        at(d.purposes, 1).code = at(d.purposes, 0).code;
      }),
    ],
    [
      'sources.1.code',
      'code-twice',
      changed((d) => {
        at(d.sources, 1).code = at(d.sources, 0).code;
      }),
    ],
    [
      'dataCategories',
      'category-missing',
      changed((d) => {
        d.dataCategories.pop();
      }),
    ],
    [
      `purposes.${String(invoicing)}.recipients.0`,
      'unknown-code',
      changed((d) => {
        at(d.purposes, invoicing).recipients = ['neighbours'];
      }),
    ],
    [
      `purposes.${String(invoicing)}.retention.0`,
      'unknown-code',
      changed((d) => {
        at(d.purposes, invoicing).retention = ['for-ever'];
      }),
    ],
    [
      `purposes.${String(invoicing)}.retention`,
      'retention-missing',
      changed((d) => {
        at(d.purposes, invoicing).retention = ['vouchers'];
      }),
    ],
    [
      `purposes.${String(invoicing)}.legitimateInterest`,
      'reason-missing',
      changed((d) => {
        at(d.purposes, invoicing).legitimateInterest = null;
      }),
    ],
    [
      `purposes.${String(accounting)}.legalObligation`,
      'reason-missing',
      changed((d) => {
        at(d.purposes, accounting).legalObligation = null;
      }),
    ],
    [
      `purposes.${String(invoicing)}.legalObligation`,
      'reason-unused',
      changed((d) => {
        at(d.purposes, invoicing).legalObligation = d.registerName;
      }),
    ],
    [
      'purposes',
      'own-rights-missing',
      changed((d) => {
        d.purposes = d.purposes.filter(({ restrictedUse }) => restrictedUse !== 'own-rights');
      }),
    ],
  ])('is refused where its parts disagree: %s (%s)', (field, rule, json) => {
    expect(errorOf(json)).toMatchObject({ field, rule });
  });

  it('is refused without quoting what was given', () => {
    const canary = 'Kanarialintu';
    const jsons = [
      changed((d) => {
        set(d, 'financialYearEnd', canary);
      }),
      changed((d) => {
        set(at(d.sources, 0), 'code', canary);
      }),
      changed((d) => {
        set(d, 'purposes', canary);
      }),
      changed((d) => {
        at(d.purposes, invoicing).recipients = [canary.toLowerCase()];
      }),
    ];
    for (const json of jsons) {
      const { field, hint } = errorOf(json);
      expect(`${field} ${hint}`.toLowerCase()).not.toContain(canary.toLowerCase());
    }
  });

  it('takes exactly the days of the year that the law lib takes', () => {
    const schema = RegisterDefinition.properties.financialYearEnd;
    const differing: string[] = [];
    for (let number = 0; number < 10_000; number++) {
      const digits = String(number).padStart(4, '0');
      const text = `${digits.slice(0, 2)}-${digits.slice(2)}`;
      if (Value.Check(schema, text) !== isMonthDay(text)) differing.push(text);
    }
    expect(differing).toEqual([]);
    expect(Value.Check(schema, '12-31\n')).toBe(false);
  });
});
