import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

import { NONE, type ExpectedState } from './records.js';

/** How a call fails: a status, and trailers by which the client knows which error it is. */
export type Failure = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

/** A failure that a handler throws. */
export class CallFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.details);
  }
}

export function notReady(): Failure {
  return failure(status.UNAVAILABLE, 'Server Is Not Ready');
}

export function accessDenied(): Failure {
  return failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
}

/** A wrong password, or a user that there is not: HTTP's 401, as gRPC tells of it. */
export function notAuthenticated(): Failure {
  return failure(status.UNAUTHENTICATED, 'Received HTTP status code 401');
}

export function notLeader(leader: { readonly address: string; readonly port: number }): Failure {
  return failure(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.address,
    'leader-endpoint-port': String(leader.port),
  });
}

export function streamDeleted(stream: string): Failure {
  return failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

export function wrongVersion(stream: string, expected: ExpectedState, actual: bigint): Failure {
  return failure(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${String(
      versionOf(expected),
    )}, Actual version: ${String(actual)}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(versionOf(expected)),
      'actual-version': String(actual),
    },
  );
}

export function appendTooLarge(limit: number): Failure {
  return failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${String(limit)} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });
}

/** What the server says of its own exceptions: of a position that it never gave, for one. */
export function unknown(details: string): Failure {
  return failure(status.UNKNOWN, details);
}

export function unimplemented(details: string): Failure {
  return failure(status.UNIMPLEMENTED, details);
}

function failure(
  code: status,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): Failure {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
}

/** The numbers that stand for states of a stream in errors. */
function versionOf(expected: ExpectedState): bigint {
  switch (expected) {
    case 'no-stream':
      return NONE;
    case 'any':
      return -2n;
    case 'stream-exists':
      return -4n;
    default:
      return expected;
  }
}
