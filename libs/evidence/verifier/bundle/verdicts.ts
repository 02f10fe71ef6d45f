/** What can be said of an event that a bundle holds, or ought to hold. */
export const BUNDLE_VERDICTS = [
  /** It is what was signed. */
  'INTACT',
  /** It is what was signed, and an event that is signed too ends the key of what it seals. */
  'SHREDDED',
  /** It is what was signed, and a key of what it seals is gone without such an event. */
  'LOST',
  /** Something else was signed at its place. */
  'ALTERED',
  /** It stands among signed events and was not signed. */
  'INSERTED',
  /** Something was signed, or must have been, that is not there. */
  'MISSING',
  /** It was signed, at another place. */
  'REORDERED',
  /** It came after the checkpoint, or nothing that was signed speaks for it. */
  'UNSIGNED',
] as const;
export type BundleVerdict = (typeof BUNDLE_VERDICTS)[number];

/** Exit codes of whatever program verifies: of a whole store, or of what was handed out of it. */
export const VERDICT_EXITS = {
  good: 0,
  refused: 2,
  ALTERED: 10,
  MISSING: 11,
  INSERTED: 12,
  REORDERED: 13,
  LOST: 14,
  unproven: 15,
  keptDiffers: 16,
} as const;
export type VerdictExit = keyof typeof VERDICT_EXITS;

/** Of several kinds the first counts. */
const PRECEDENCE: readonly VerdictExit[] = [
  'keptDiffers',
  'unproven',
  'REORDERED',
  'INSERTED',
  'MISSING',
  'ALTERED',
  'LOST',
];

/** How a check ends that found all of these. */
export function exitOf(found: ReadonlySet<VerdictExit>): VerdictExit {
  return PRECEDENCE.find((one) => found.has(one)) ?? 'good';
}
