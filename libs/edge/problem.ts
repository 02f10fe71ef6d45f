import type { Refusal } from '#kernel';
import { isRefusal } from '#kernel';

/** One field that breaks a rule (RFC 9457, extension member `errors`). It never holds the value. */
export interface FieldError {
  /** Path of the field, dots between its parts; empty for the whole. */
  readonly field: string;
  /** Stable code of the rule. */
  readonly rule: string;
  /** What would be right, in English. */
  readonly hint: string;
}

/** A request that is answered by a problem. The code decides status and page. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    /** Stable code, registered in the problem catalogue. */
    readonly code: string,
    /** What the caller should know, in English, without personal data. */
    readonly detail: string,
    readonly more: {
      readonly errors?: readonly FieldError[];
      readonly retryAfterSeconds?: number;
      readonly status?: number;
    } = {},
  ) {
    super(code);
  }
}

const STATUS: Readonly<Record<Refusal['kind'], number>> = {
  'not-found': 404,
  conflict: 409,
  forbidden: 403,
  'precondition-failed': 412,
  unprocessable: 422,
};

/** The problem that a refusal is to an HTTP caller. */
export function problemOf(refusal: Refusal): Problem {
  const { code, detail, field, kind } = refusal;
  const errors = field === undefined ? {} : { errors: [{ field, rule: code, hint: detail }] };
  return new Problem(code, detail, { status: STATUS[kind], ...errors });
}

/** What was asked for. @throws Problem where it was refused */
export function granted<T>(result: T | Refusal): T {
  if (isRefusal(result)) throw problemOf(result);
  return result;
}
