import type { CopiesState } from '../../verifier/index.js';

/** Languages in which a copy is made, Finnish first. */
export const COPY_LANGUAGES = ['fi', 'sv', 'en'] as const;
export type CopyLanguage = (typeof COPY_LANGUAGES)[number];

/** Why data were erased: Art. 17(1)(a) to (f). */
export type GroundCode =
  | 'no-longer-needed'
  | 'consent-withdrawn'
  | 'objection'
  | 'unlawful'
  | 'legal-obligation'
  | 'child-information-society';

/** What keeps data from being erased. */
export type HoldCode = 'open-invoice' | 'collection' | 'contact-person' | 'statutory';

/** Everything that a copy says to its reader, in one language. Dates and numbers come written out. */
export interface CopyWords {
  readonly title: string;
  /** Name of the file that is attached, for people. */
  readonly attachment: string;
  page(number: string, of: string): string;
  readonly facts: Readonly<
    Record<
      | 'controller'
      | 'register'
      | 'case'
      | 'madeAt'
      | 'ledger'
      | 'event'
      | 'index'
      | 'size'
      | 'root'
      | 'vkey'
      | 'signer'
      | 'cosigners'
      | 'keys',
      string
    >
  >;
  readonly headings: Readonly<
    Record<'what' | 'why' | 'when' | 'kept' | 'disclosed' | 'rights' | 'check' | 'proof', string>
  >;
  /** Who erased, and what that means. */
  lead(controller: string): string;
  readonly means: string;
  /** One year of orders and invoices. */
  financialYear(day: string): string;
  readonly grounds: Readonly<Record<GroundCode, string>>;
  since(at: string): string;
  by(day: string): string;
  copies(state: CopiesState, number: string): string;
  readonly nothingKept: string;
  readonly keptLead: string;
  readonly holds: Readonly<Record<Exclude<HoldCode, 'statutory'>, string>>;
  statutory(day: string): string;
  /** What the ledger keeps of everybody. */
  readonly traces: string;
  readonly nothingDisclosed: string;
  disclosed(count: string): string;
  readonly complaint: string;
  readonly court: string;
  readonly steps: readonly string[];
  readonly signedIs: string;
  readonly proofLead: string;
}
