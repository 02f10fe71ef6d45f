import { IntegrityError, isUuid, type Instant } from '#kernel';

/** A head of the ledger's tree: what a signature says that the log was at one size. */
export interface SignedHead {
  /** Name under which the ledger signs, {@link isHead}. */
  readonly origin: string;
  /** How many leaves the tree has, from 0. */
  readonly size: number;
  /** Root hash over them: 32 bytes, base64url. */
  readonly root: string;
}

/** A log that was put back, and that two people have accepted as it is. */
export interface RestoredLog {
  /** Name under which the ledger signs since, another than before. */
  readonly origin: string;
  /** The largest head that was claimed before: what the log cannot show any more. */
  readonly follows: SignedHead;
  /** How many events the log had when it was accepted. */
  readonly size: number;
  /** Ids of the accounts that have accepted it: two. */
  readonly by: readonly [string, string];
  readonly at: Instant;
}

/** What a signed note takes as a name: no white space, and no plus. */
const ORIGIN = /^[^\s+\p{Cc}\p{Cs}]{1,255}$/u;
/** 32 bytes, the two bits left over in the last character being zero: each root has one spelling. */
const ROOT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Whether these are the parts of a head: `origin` of 1 to 255 characters without white space, control
 * characters or `+`, `size` a whole number that is not negative, `root` 32 bytes in base64url.
 */
export function isHead(parts: {
  readonly origin?: unknown;
  readonly size?: unknown;
  readonly root?: unknown;
}): parts is SignedHead {
  const { origin, size, root } = parts;
  if (typeof origin !== 'string' || !ORIGIN.test(origin)) return false;
  if (typeof root !== 'string' || !ROOT.test(root)) return false;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
}

/** Whether this is all that is said of a {@link RestoredLog}, and nothing else than that. */
export function isRestoredLog(restored: RestoredLog): boolean {
  const { origin, follows, size, by } = restored;
  if (!isHead({ origin, size, root: follows.root }) || !isHead(follows)) return false;
  return origin !== follows.origin && by[0] !== by[1] && by.every(isUuid);
}

/** @throws IntegrityError `head-malformed` */
export function assertRestoredLog(restored: RestoredLog): void {
  if (isRestoredLog(restored)) return;
  throw new IntegrityError('head-malformed', 'what was to be noted is not a log that was accepted');
}

/** @throws IntegrityError `head-malformed` */
export function assertHead(head: SignedHead): void {
  if (isHead(head)) return;
  throw new IntegrityError('head-malformed', 'what was to be signed is not a head of a tree');
}
