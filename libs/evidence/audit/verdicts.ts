/** What an audit says of an event, from the best to the worst. */
export const VERDICTS = [
  /** It is what was signed, and its keys are there. */
  'INTACT',
  /** It is what was signed; an event of the log ends the key of something in it. */
  'SHREDDED',
  /** It came after the newest checkpoint, or nothing that was signed speaks for it. */
  'UNSIGNED',
  /** The key of something in it is gone, and no event of the log ends it. */
  'LOST',
  /** It is another than was signed under its id. */
  'ALTERED',
  /** It was there when that was signed, or its own stream does not give it back. */
  'MISSING',
  /** It was not there when what comes after it was signed, or stands in its stream alone. */
  'INSERTED',
  /** It stands elsewhere than when that was signed. */
  'REORDERED',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How many events have which verdict. */
export type Totals = Readonly<Record<Verdict, number>>;

/** Where a head of the tree is from that the log is held to. */
export type HeadSource =
  /** The newest checkpoint that the log itself tells of. */
  | 'log'
  /** The checkpoint that lies with the tiles. */
  | 'tiles'
  /** The anchor, which is kept apart from the log. */
  | 'anchor'
  /** The newest checkpoint that enough witnesses outside have cosigned. */
  | 'witnesses'
  /** A checkpoint that the auditor kept. */
  | 'kept';

/** What is wrong and has no place of its own. */
export type Fault =
  /** The log's newest checkpoint is not signed by the ledger's key, or not what was signed. */
  | { readonly fault: 'signature-wrong'; readonly source: HeadSource }
  /** Something waits for a checkpoint for longer than two intervals. */
  | { readonly fault: 'unsigned-too-long' }
  /** Of witnesses whose word is insisted on too few have cosigned any checkpoint that there is. */
  | { readonly fault: 'quorum-missing' }
  /** The log has another root than was signed, and no place was found that explains it. */
  | { readonly fault: 'root-differs'; readonly source: HeadSource }
  /** The log has fewer events than were signed, and it is not known which are gone. */
  | { readonly fault: 'log-shorter'; readonly source: HeadSource };

/** Exit codes of an audit, of whatever program: 0 is all well, 2 is input that is refused. */
export const AUDIT_CODES = {
  ALTERED: 10,
  MISSING: 11,
  INSERTED: 12,
  REORDERED: 13,
  LOST: 14,
  /** A {@link Fault} against what lies with the log. */
  unproven: 15,
  /** A {@link Fault} against what is kept elsewhere: anchor, kept checkpoint, cosignatures. */
  contradicted: 16,
} as const;
export type AuditCode = 0 | (typeof AUDIT_CODES)[keyof typeof AUDIT_CODES];

const BY_WEIGHT = ['REORDERED', 'INSERTED', 'MISSING', 'ALTERED', 'LOST'] as const;

/** The exit code: of several kinds the first of 16, 15, 13, 12, 11, 10, 14. */
export function auditCode(totals: Totals, faults: readonly Fault[]): AuditCode {
  if (faults.some(isOfWitness)) return AUDIT_CODES.contradicted;
  if (faults.length > 0) return AUDIT_CODES.unproven;
  const worst = BY_WEIGHT.find((verdict) => totals[verdict] > 0);
  return worst === undefined ? 0 : AUDIT_CODES[worst];
}

const ELSEWHERE: ReadonlySet<HeadSource> = new Set(['anchor', 'kept', 'witnesses']);

function isOfWitness(fault: Fault): boolean {
  return 'source' in fault && ELSEWHERE.has(fault.source);
}
