import type { CopiesState, KeptState, VerdictExit } from '#evidence/verifier';

/** What a verifier says of a person's copy of an erasure receipt, in one language. */
export interface CopyWords {
  readonly results: Readonly<Record<Exclude<VerdictExit, EventsAlone>, string>>;
  readonly refusals: Readonly<Record<'no-copy' | 'no-attachment', string>>;
  readonly kept: Readonly<Record<KeptState, string>>;
  readonly heading: string;
  readonly facts: Readonly<
    Record<
      'case' | 'erasedAt' | 'event' | 'index' | 'madeAt' | 'since' | 'copiesDay' | 'keys' | 'kept',
      string
    >
  >;
  readonly shown: {
    readonly signedGiven: string;
    readonly signedOwn: string;
    readonly receipt: string;
    readonly event: string;
    /** By the end of this day no copy opens, as the ledger has signed. */
    day(day: string): string;
    readonly copies: Readonly<Record<CopiesState, string>>;
    retirements(count: string): string;
    readonly destroyed: string;
  };
  readonly amiss: {
    readonly signatureWrong: string;
    readonly signatureMissing: string;
    readonly statement: string;
    readonly receipt: string;
    readonly told: string;
    readonly altered: string;
    readonly proof: string;
    retirements(count: string): string;
  };
  readonly notShown: {
    readonly keyIsLedgers: string;
    readonly pages: string;
    readonly keyIsGone: string;
    readonly copiesLater: string;
    readonly receiptUnknown: string;
    readonly witnessesAreLedgers: string;
    readonly noKept: string;
    readonly theirs: string;
    readonly else: string;
  };
}

/** Verdicts that a copy of one event cannot have. */
type EventsAlone = 'MISSING' | 'INSERTED' | 'REORDERED' | 'LOST';
