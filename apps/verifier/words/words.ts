import type { BundleRefusal, KeptState, BundleVerdict, VerdictExit } from '#evidence/verifier';

/** Everything that a verifier says, in one language. Numbers come written out. */
export interface Words {
  readonly verdicts: Readonly<Record<BundleVerdict, readonly [name: string, means: string]>>;
  /** What came of it, in a sentence. */
  readonly results: Readonly<Record<VerdictExit, string>>;
  readonly refusals: Readonly<Record<BundleRefusal, string>>;
  readonly kept: Readonly<Record<KeptState, string>>;
  readonly headings: Readonly<
    Record<
      'result' | 'shown' | 'notShown' | 'key' | 'bundle' | 'totals' | 'events' | 'places',
      string
    >
  >;
  readonly facts: Readonly<
    Record<'ledger' | 'origin' | 'scope' | 'madeAt' | 'size' | 'root' | 'vkey', string>
  >;
  readonly scopes: {
    readonly ledger: string;
    customer(stream: string): string;
    period(from: string, to: string): string;
  };
  readonly shown: {
    /** The checkpoint is signed with a key that was given, or with the bundle's own. */
    readonly signedGiven: string;
    readonly signedOwn: string;
    proven(events: string): string;
    readonly whole: string;
    readonly completeStream: string;
    readonly completePeriod: string;
    shredded(events: string): string;
    receipts(count: string): string;
    cosigned(name: string, at: string): string;
    /** As many as whoever checks asks for, or as the ledger's policy does. */
    quorumGiven(have: string, of: string): string;
    quorumOwn(have: string, of: string): string;
  };
  readonly amiss: {
    readonly signatureWrong: string;
    readonly signatureMissing: string;
    readonly statement: string;
    readonly root: string;
    readonly unsignedTooLong: string;
    readonly leavesDamaged: string;
    damaged(files: string): string;
    proofs(count: string): string;
    receipts(count: string): string;
    cosignature(name: string): string;
    quorum(have: string, wanted: string): string;
  };
  readonly notShown: {
    readonly keyIsLedgers: string;
    readonly beforeSigning: string;
    readonly neverRecorded: string;
    readonly keyStates: string;
    readonly keysUnknown: string;
    readonly partOnly: string;
    readonly headIsWord: string;
    readonly periodByClock: string;
    readonly noKept: string;
    readonly incomplete: string;
    elsewhere(count: string): string;
    receiptsUnknown(count: string): string;
    cosignature(name: string): string;
    quorum(have: string, wanted: string): string;
    readonly witnessesAreLedgers: string;
    unsigned(events: string): string;
  };
  readonly columns: Readonly<
    Record<'index' | 'verdict' | 'type' | 'stream' | 'revision' | 'recordedAt' | 'id', string>
  >;
  readonly envelopes: string;
  signedAt(index: string): string;
  more(count: string): string;
  readonly page: PageWords;
}

/** What only the page says. */
export interface PageWords {
  readonly title: string;
  readonly lead: string;
  readonly language: string;
  readonly open: string;
  readonly drop: string;
  readonly chooseFile: string;
  readonly chooseFolder: string;
  readonly compare: string;
  readonly vkeyHint: string;
  readonly keptLabel: string;
  readonly keptHint: string;
  readonly witnessesLabel: string;
  readonly witnessesHint: string;
  readonly quorumLabel: string;
  readonly again: string;
  readonly none: string;
  readonly tooOld: string;
  readonly show: string;
  readonly showAll: string;
  readonly showAmiss: string;
  readonly previous: string;
  readonly next: string;
  readonly ownKey: string;
  readonly count: string;
  readonly exitCode: string;
  reading(events: string): string;
  pages(from: string, to: string, of: string): string;
  caption(of: string): string;
}
