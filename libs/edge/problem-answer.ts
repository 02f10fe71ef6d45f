import { errorCode } from '#kernel';

import { Problem } from './problem.js';
import type { FieldError } from './problem.js';
import { problemEntry } from './problems/index.js';

/** A problem as it goes out (RFC 9457): `application/problem+json`. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly code: string;
    readonly errors?: readonly FieldError[];
  };
}

const RETRY_SECONDS = 1;

/** The problem for whatever was thrown. Messages of unknown errors never leave. */
export function answerOf(error: unknown): ProblemAnswer {
  const problem = error instanceof Problem ? error : problemFor(error);
  const { code, detail, more } = problem;
  const entry = problemEntry(code);
  const status = more.status ?? entry.status;
  const retry = more.retryAfterSeconds ?? (status === 503 ? RETRY_SECONDS : undefined);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: {
      type: `/problems/${code}`,
      title: entry.title.en,
      status,
      detail,
      code,
      ...(more.errors === undefined ? {} : { errors: more.errors }),
    },
  };
}

/** Kinds of errors by name: a class may come from another realm or copy of its module. */
function problemFor(error: unknown): Problem {
  const { name, status } = traits(error);
  switch (name) {
    case 'Outage':
      return new Problem('outage', outageDetail(error));
    case 'InvalidInput':
      return invalid(error);
    case 'AppendTooLarge':
      return new Problem('append-too-large', 'What was asked makes more data than a store takes.');
    case 'BuildReplaced':
      return new Problem('view-behind', 'A read model was replaced meanwhile; ask again.');
    case 'IntegrityError':
      return new Problem('integrity', `Something that must hold does not: ${codeText(error)}.`);
    default:
      return status === undefined ? internal() : problemOfStatus(status);
  }
}

function traits(error: unknown): { name: string; status: number | undefined } {
  if (typeof error !== 'object' || error === null) return { name: '', status: undefined };
  const name = 'name' in error && typeof error.name === 'string' ? error.name : '';
  if ('getStatus' in error && typeof error.getStatus === 'function') {
    return { name, status: Number((error as { getStatus(): unknown }).getStatus()) };
  }
  const isSet = 'statusCode' in error && typeof error.statusCode === 'number';
  return { name, status: isSet ? (error.statusCode as number) : undefined };
}

function outageDetail(error: unknown): string {
  const part = property(error, 'part');
  return `A part that the ledger needs does not answer: ${part}. Send the same request again.`;
}

function invalid(error: unknown): Problem {
  const entry = {
    field: property(error, 'field'),
    rule: property(error, 'rule'),
    hint: property(error, 'hint'),
  };
  return new Problem('invalid-input', 'The request breaks a rule of form.', { errors: [entry] });
}

function property(error: unknown, name: string): string {
  const value = (error as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}

function codeText(error: unknown): string {
  return errorCode(error) ?? 'unknown';
}

/** Errors of the web framework are told by their status alone: their messages may quote input. */
function problemOfStatus(status: number): Problem {
  switch (status) {
    case 404:
      return new Problem('route-unknown', 'There is nothing at this address for this method.');
    case 413:
      return new Problem('body-too-large', 'A request body may have 1 MB.');
    case 415:
      return new Problem('media-type', 'Request bodies are application/json.');
    case 400:
    case 431:
      return new Problem('malformed-request', 'The request could not be read.');
    case 408:
      return new Problem('request-timeout', 'The request did not arrive in time.');
    default:
      return internal();
  }
}

function internal(): Problem {
  return new Problem('internal', 'A defect of the ledger. Nothing more is said here; see its log.');
}
