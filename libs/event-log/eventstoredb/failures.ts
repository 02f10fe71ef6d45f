import { convertToCommandError, ErrorType, isCommandError } from '@eventstore/db-client';

import { IntegrityError, InvalidInput, Outage } from '#kernel';

export const PART = 'event-log';

/** The connection ended under a call, because of its cause if it has one: another may be tried. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The server did not answer within the time that we give it. */
export class TimeLimitPassed extends Error {
  override readonly name = 'TimeLimitPassed';
}

/** A node's certificate is not accepted. */
export class Untrusted extends Error {
  override readonly name = 'Untrusted';
}

/** The kind of an error of the client; undefined where it is none of its kinds. */
export function kindOf(error: unknown): ErrorType | undefined {
  return error instanceof Error && isCommandError(error) ? error.type : undefined;
}

/** A raw error of a gRPC call, as the client would name it. */
export function named(error: Error): Error {
  return convertToCommandError(error);
}

/** Whether the error lies in the connection or the node at its end, and not in what was asked. */
export function isLost(error: unknown): boolean {
  if (error instanceof ConnectionLost || error instanceof Untrusted) return true;
  const kind = kindOf(error);
  // "Not ready" comes as unknown, and without a code.
  if (kind === ErrorType.UNKNOWN) return grpcCode(error) !== UNKNOWN;
  if (kind !== undefined) return LOST.has(kind);
  // A server that is not there; a cluster without a node that would serve.
  return (
    error instanceof Error &&
    (grpcCode(error) === UNAVAILABLE || error.message.startsWith('Failed to discover'))
  );
}

/** gRPC's code for what the server says of its own exceptions. */
const UNKNOWN = 2;
const UNAVAILABLE = 14;
/** gRPC's code for a user or a password that is wrong; the client tells it as denied access. */
const UNAUTHENTICATED = 16;

const LOST: ReadonlySet<ErrorType> = new Set([
  ErrorType.CANCELLED,
  ErrorType.NOT_LEADER,
  ErrorType.UNAVAILABLE,
]);

const REASONS: ReadonlyMap<ErrorType | undefined, string> = new Map([
  [ErrorType.ACCESS_DENIED, 'access-denied'],
  [ErrorType.DEADLINE_EXCEEDED, 'timeout'],
  [ErrorType.NOT_LEADER, 'not-leader'],
  [ErrorType.TIMEOUT, 'timeout'],
]);

/** Whether the server's answer is that something in its own working failed, as for odd positions. */
export function isServerException(error: unknown): boolean {
  return kindOf(error) === ErrorType.UNKNOWN && grpcCode(error) === UNKNOWN;
}

/** Whether the user is unknown to the server, or the password wrong. */
export function isNotAuthenticated(error: unknown): boolean {
  return grpcCode(error) === UNAUTHENTICATED;
}

/** Whether the server knows who asks, and does not let them. */
export function isDenied(error: unknown): boolean {
  return kindOf(error) === ErrorType.ACCESS_DENIED && !isNotAuthenticated(error);
}

/** What the port says of an error that is none of a command's own. */
export function outageOf(error: unknown): Error {
  if (error instanceof Outage || error instanceof IntegrityError) return error;
  if (error instanceof InvalidInput) return error;
  return new Outage(PART, reasonOf(error), { cause: error });
}

/** The stream's beginning, or all of it, is hidden: by `$tb`, `$maxCount`, or a deletion. */
export function hidden(stream: string, how: string): IntegrityError {
  return new IntegrityError('stream-truncated', `event-log: ${stream} ${how}`);
}

function reasonOf(error: unknown): string {
  if (error instanceof TimeLimitPassed) return 'timeout';
  if (isNotAuthenticated(error)) return 'not-authenticated';
  if (error instanceof Error && error.message.includes('Not Ready')) return 'not-ready';
  if (isUntrusted(error)) return 'certificate';
  return REASONS.get(kindOf(error)) ?? (isLost(error) ? 'unreachable' : 'failed');
}

/** What is wrong with a certificate stands in the text alone, and in many words. */
function isUntrusted(error: unknown): boolean {
  if (error instanceof ConnectionLost && error.cause !== undefined) return isUntrusted(error.cause);
  return isLost(error) && String(error).includes('certificate');
}

function grpcCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
