import { CATEGORIES, SOURCES } from '#kernel';
import type { Category } from '#kernel';
import type { MonthDay } from '#law';
import { Type } from 'typebox';
import type { Static } from 'typebox';

const closed = { additionalProperties: false } as const;

/** Languages of everything that a data subject is shown. */
export const LANGUAGES = ['fi', 'sv', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Legal bases that this register rests on. */
export const LEGAL_BASES = ['contract', 'legal-obligation', 'legitimate-interest'] as const;
export type LegalBasis = (typeof LEGAL_BASES)[number];

/** Where each legal basis stands, for whoever is shown it. */
export const LEGAL_BASIS_ARTICLES: Readonly<Record<LegalBasis, string>> = {
  contract: 'GDPR Art. 6(1)(b)',
  'legal-obligation': 'GDPR Art. 6(1)(c)',
  'legitimate-interest': 'GDPR Art. 6(1)(f)',
};

/**
 * Why a purpose may use data whose processing is restricted. Three are the exceptions of Art. 18(2)
 * GDPR. `own-rights` is the person's own request (access, rectification, erasure and the like):
 * restricted data are processed with the data subject's consent, and whoever asks for an answer
 * from their data asks for just this processing.
 */
export const RESTRICTED_USES = [
  'own-rights',
  'legal-claims',
  'protection-of-others',
  'public-interest',
] as const;
export type RestrictedUse = (typeof RESTRICTED_USES)[number];

/** What data may be disclosed for; there is no other ground (the notice, "luovutukset"). */
export const DISCLOSURE_GROUNDS = [
  'credit-application',
  'debt-collection',
  'invoicing',
  'legal-obligation',
] as const;
export type DisclosureGround = (typeof DISCLOSURE_GROUNDS)[number];

const Text = Type.String({ minLength: 1, maxLength: 2000 });
const Code = Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 60 });
const Categories = Type.Array(Type.Enum(CATEGORIES), { minItems: 1 });

/** The same text in every language. */
export const Localized = Type.Object({ fi: Text, sv: Text, en: Text }, closed);
export type Localized = Static<typeof Localized>;

/** One purpose of processing (Art. 13(1)(c), 30(1)(b) GDPR). */
export const Purpose = Type.Object(
  {
    /** What commands and reads name it by. */
    code: Code,
    title: Localized,
    /** The basis for each category that the purpose processes; a category left out is not. */
    legalBasis: Type.Partial(Type.Record(Type.Enum(CATEGORIES), Type.Enum(LEGAL_BASES)), {
      ...closed,
      minProperties: 1,
    }),
    /** Which interest (Art. 13(1)(d)); null where no category rests on one. */
    legitimateInterest: Type.Union([Localized, Type.Null()]),
    /** Which law obliges (Art. 6(3)); null where no category rests on one. */
    legalObligation: Type.Union([Localized, Type.Null()]),
    /** Codes of recipients. */
    recipients: Type.Array(Code, { minItems: 1 }),
    /** Codes of retention rules; together they cover every category. */
    retention: Type.Array(Code, { minItems: 1 }),
    /** Null: the purpose may not use restricted data. */
    restrictedUse: Type.Union([Type.Enum(RESTRICTED_USES), Type.Null()]),
  },
  closed,
);
export type Purpose = Static<typeof Purpose>;

const Titled = Type.Object({ code: Code, title: Localized }, closed);

const DataCategory = Type.Object(
  { code: Type.Enum(CATEGORIES), title: Localized, content: Localized },
  closed,
);

const Recipient = Type.Object(
  {
    code: Code,
    title: Localized,
    kind: Type.Enum(['staff', 'processor', 'third-party']),
    categories: Categories,
  },
  closed,
);

const Retention = Type.Object(
  {
    code: Code,
    title: Localized,
    categories: Categories,
    /** `ceiling`: not longer than this; `minimum`: the law wants it for this long. */
    kind: Type.Enum(['ceiling', 'minimum']),
    /** Whole years after `from`; 0 ends with it. */
    years: Type.Integer({ minimum: 0, maximum: 100 }),
    from: Type.Enum(['customership-end', 'calendar-year-of-financial-year-end', 'case-closed']),
    source: Text,
  },
  closed,
);

const DataSource = Type.Object(
  {
    code: Type.Enum(SOURCES),
    title: Localized,
    /** False: the person is told where their data came from (Art. 14). */
    fromDataSubject: Type.Boolean(),
  },
  closed,
);

/** A place where the notice and the law disagree: the ledger follows the law and shows both. */
const Finding = Type.Object(
  {
    code: Code,
    /** What the notice says, word for word, in Finnish. */
    quotes: Type.Array(Text, { minItems: 1 }),
    conflict: Localized,
    source: Text,
  },
  closed,
);

const SupervisoryAuthority = Type.Object(
  {
    name: Localized,
    visitingAddress: Text,
    postalAddress: Text,
    phone: Text,
    email: Text,
    website: Text,
  },
  closed,
);

/**
 * What the controller declares of its register. It names no natural person, so that it can stand in
 * an event in clear.
 */
export const RegisterDefinition = Type.Object(
  {
    registerName: Localized,
    controller: Type.Object(
      { name: Text, country: Type.String({ pattern: '^[A-Z]{2}$' }) },
      closed,
    ),
    supervisoryAuthority: SupervisoryAuthority,
    /** Last day of the financial year, `MM-DD`; `02-29` is the last day of February. */
    financialYearEnd: Type.Unsafe<MonthDay>(
      // Exactly what isMonthDay of #law takes; the schema is shown in the event catalogue.
      Type.String({
        pattern:
          '^(02-(0[1-9]|[12][0-9])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))$',
      }),
    ),
    dataSubjects: Type.Array(Titled, { minItems: 1 }),
    dataCategories: Type.Array(DataCategory, { minItems: 1 }),
    purposes: Type.Array(Purpose, { minItems: 1 }),
    recipients: Type.Array(Recipient, { minItems: 1 }),
    retention: Type.Array(Retention, { minItems: 1 }),
    sources: Type.Array(DataSource, { minItems: 1 }),
    disclosureGrounds: Type.Array(
      Type.Object({ code: Type.Enum(DISCLOSURE_GROUNDS), title: Localized }, closed),
    ),
    /** When data may go outside the EU and EEA (Art. 13(1)(f)). */
    thirdCountryTransfers: Localized,
    /** Automated decisions and profiling (Art. 13(2)(f)); null: not stated, never guessed. */
    automatedDecisions: Type.Union([Localized, Type.Null()]),
    findings: Type.Array(Finding),
  },
  closed,
);
export type RegisterDefinition = Static<typeof RegisterDefinition>;

/** The purpose of a code; undefined where the register has none of that code. */
export function purpose(definition: RegisterDefinition, code: string): Purpose | undefined {
  return definition.purposes.find((one) => one.code === code);
}

/** The categories that a purpose processes, each on a basis of its own. */
export function categoriesOf(of: Purpose): readonly Category[] {
  return CATEGORIES.filter((category) => of.legalBasis[category] !== undefined);
}

/** Whether a purpose processes a category; an unknown one processes none. */
export function processes(
  definition: RegisterDefinition,
  code: string,
  category: Category,
): boolean {
  return purpose(definition, code)?.legalBasis[category] !== undefined;
}

/** Whether a purpose may hand data to a recipient, by their codes. */
export function mayReceive(
  definition: RegisterDefinition,
  code: string,
  recipient: string,
): boolean {
  return purpose(definition, code)?.recipients.includes(recipient) ?? false;
}

/** Whether a purpose may use data whose processing is restricted; an unknown one may not. */
export function mayUseRestricted(definition: RegisterDefinition, code: string): boolean {
  const found = purpose(definition, code);
  return found !== undefined && found.restrictedUse !== null;
}
