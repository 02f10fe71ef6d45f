import { CATEGORIES, InvalidInput } from '#kernel';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

import { categoriesOf, RegisterDefinition } from './definition.js';
import type { LegalBasis, Purpose } from './definition.js';

/**
 * Reads a register definition: its form, then what its parts say of each other.
 * @throws InvalidInput naming the first field that is wrong; it quotes nothing
 */
export function parseRegisterDefinition(json: unknown): RegisterDefinition {
  if (!Value.Check(RegisterDefinition, json)) throw formError(RegisterDefinition, json);
  checkCodes(json);
  checkCategories(json);
  json.purposes.forEach((of, index) => {
    checkPurpose(json, of, `purposes.${String(index)}`);
  });
  checkOwnRights(json);
  return json;
}

/** The first thing that a schema finds wrong with a value, as the error that is thrown for it. */
export function formError(schema: TSchema, value: unknown): InvalidInput {
  for (const error of Value.Errors(schema, value)) {
    const path = error.instancePath.split('/').slice(1);
    // Said again, more clearly, as additionalProperties of the object around it.
    if (error.keyword === 'boolean') continue;
    if (error.keyword === 'additionalProperties') {
      path.push(...error.params.additionalProperties.slice(0, 1));
      return new InvalidInput(fieldOf(path), 'unknown-field', 'is not a field of this object');
    }
    if (error.keyword === 'required') {
      path.push(...error.params.requiredProperties.slice(0, 1));
      return new InvalidInput(fieldOf(path), 'required', 'must be given');
    }
    if (error.keyword === 'enum') {
      const allowed = error.params.allowedValues.map(String).join(', ');
      return new InvalidInput(fieldOf(path), 'enum', `must be one of ${allowed}`);
    }
    return new InvalidInput(fieldOf(path), ruleOf(error.keyword), error.message);
  }
  return new InvalidInput('definition', 'form', 'does not have the form asked for');
}

function fieldOf(path: readonly string[]): string {
  return path.length === 0 ? 'definition' : path.join('.');
}

/** JSON Schema's keyword as a code of ours: `minItems` is `min-items`. */
function ruleOf(keyword: string): string {
  return keyword.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function checkCodes(definition: RegisterDefinition): void {
  const lists = {
    dataSubjects: definition.dataSubjects,
    dataCategories: definition.dataCategories,
    purposes: definition.purposes,
    recipients: definition.recipients,
    retention: definition.retention,
    sources: definition.sources,
    disclosureGrounds: definition.disclosureGrounds,
    findings: definition.findings,
  };
  for (const [list, entries] of Object.entries(lists)) {
    const seen = new Set<string>();
    entries.forEach(({ code }, index) => {
      if (seen.has(code)) {
        const field = `${list}.${String(index)}.code`;
        throw new InvalidInput(field, 'code-twice', 'must differ from the other codes of its list');
      }
      seen.add(code);
    });
  }
}

/** The ledger seals data of every category, so every one must have been declared. */
function checkCategories(definition: RegisterDefinition): void {
  const declared = new Set(definition.dataCategories.map(({ code }) => code));
  const missing = CATEGORIES.find((category) => !declared.has(category));
  if (missing !== undefined) {
    throw new InvalidInput('dataCategories', 'category-missing', `must declare ${missing}`);
  }
}

function checkPurpose(definition: RegisterDefinition, of: Purpose, field: string): void {
  checkReferences(of.recipients, definition.recipients, `${field}.recipients`);
  checkReferences(of.retention, definition.retention, `${field}.retention`);
  checkReason(of, 'legitimate-interest', of.legitimateInterest, `${field}.legitimateInterest`);
  checkReason(of, 'legal-obligation', of.legalObligation, `${field}.legalObligation`);
  const kept = new Set(
    definition.retention
      .filter(({ code }) => of.retention.includes(code))
      .flatMap(({ categories }) => categories),
  );
  const endless = categoriesOf(of).find((category) => !kept.has(category));
  if (endless !== undefined) {
    const hint = `must cover ${endless}, or nobody knows how long it is kept (Art. 13(2)(a))`;
    throw new InvalidInput(`${field}.retention`, 'retention-missing', hint);
  }
}

function checkReferences(
  codes: readonly string[],
  among: readonly { readonly code: string }[],
  field: string,
): void {
  codes.forEach((code, index) => {
    if (!among.some((one) => one.code === code)) {
      const hint = 'must be a code that the definition declares';
      throw new InvalidInput(`${field}.${String(index)}`, 'unknown-code', hint);
    }
  });
}

/** A basis that needs a reason has one, and no reason stands without its basis. */
function checkReason(of: Purpose, basis: LegalBasis, reason: object | null, field: string): void {
  const rests = Object.values(of.legalBasis).includes(basis);
  if (rests && reason === null) {
    throw new InvalidInput(field, 'reason-missing', `must say what the basis ${basis} is`);
  }
  if (!rests && reason !== null) {
    throw new InvalidInput(field, 'reason-unused', `must be null: nothing rests on ${basis}`);
  }
}

/** Without it a person whose data are restricted could not use any right. */
function checkOwnRights(definition: RegisterDefinition): void {
  if (!definition.purposes.some(({ restrictedUse }) => restrictedUse === 'own-rights')) {
    const hint = 'must hold a purpose whose restrictedUse is own-rights';
    throw new InvalidInput('purposes', 'own-rights-missing', hint);
  }
}
