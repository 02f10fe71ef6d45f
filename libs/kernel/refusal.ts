/** The kind of a refusal: decides the HTTP status of its problem (RFC 9457). */
export type RefusalKind =
  /** 404: there is no such thing, or not any more. */
  | 'not-found'
  /** 409: what has happened does not allow it. */
  | 'conflict'
  /** 403: the law or a role forbids it (restriction, Art. 18(2)). */
  | 'forbidden'
  /** 412: the state is another one than the caller has seen. */
  | 'precondition-failed'
  /** 422: well-formed, and not acceptable. */
  | 'unprocessable';

/** A command that was understood and is not carried out. A value, not an exception. */
export interface Refusal {
  readonly refused: true;
  readonly kind: RefusalKind;
  /** Stable code, kebab-case: the last part of the problem's `type`. */
  readonly code: string;
  /** What the caller should know, in English, without personal data. */
  readonly detail: string;
  /** The field that it is about, if it is about one. */
  readonly field?: string;
}

/** Makes a refusal. */
export function refuse(kind: RefusalKind, code: string, detail: string, field?: string): Refusal {
  return { refused: true, kind, code, detail, ...(field === undefined ? {} : { field }) };
}

/** Whether a decision came out as a refusal. */
export function isRefusal(value: unknown): value is Refusal {
  return (
    typeof value === 'object' && value !== null && 'refused' in value && value.refused === true
  );
}
