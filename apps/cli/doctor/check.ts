/** How something was found, from the best to the worst. */
export const STATUSES = ['ok', 'skipped', 'advice', 'warning', 'failure'] as const;
export type Status = (typeof STATUSES)[number];

/** What one look at one thing has shown. Holds no password and nothing of a person. */
export interface Check {
  /** Stable, for programs. */
  readonly code: string;
  /** Which one of several: a view, a server, a folder. */
  readonly of?: string;
  readonly status: Status;
  /** What was seen, or why nothing was. */
  readonly seen: string;
  /** What to do about it. */
  readonly mend?: string;
}

/** What was seen, with what to do about it. */
export interface Finding {
  readonly of?: string;
  readonly seen: string;
  readonly mend: string;
}

export function ok(code: string, seen: string, of?: string): Check {
  return { code, ...(of === undefined ? {} : { of }), status: 'ok', seen };
}

export function skipped(code: string, seen: string): Check {
  return { code, status: 'skipped', seen };
}

/** Nothing is wrong, and something could be better. */
export function advice(code: string, finding: Finding): Check {
  return { code, status: 'advice', ...finding };
}

/** Works, and will not for ever, or not when something else fails. */
export function warning(code: string, finding: Finding): Check {
  return { code, status: 'warning', ...finding };
}

/** Does not work, or breaks a promise of the ledger. */
export function failure(code: string, finding: Finding): Check {
  return { code, status: 'failure', ...finding };
}

/** Thrown where there is nothing to look at: it is no finding of its own. */
export class NotLooked extends Error {
  override readonly name = 'NotLooked';
}
