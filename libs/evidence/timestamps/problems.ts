import { Outage } from '#kernel';

/** Why there is no timestamp: a stable code without data, for whoever runs the ledger. */
export type TimestampProblem =
  /** Nobody answers under the address, or it sends elsewhere. */
  | 'unreachable'
  /** It has not answered in time. */
  | 'slow'
  /** It answers with an HTTP status other than 200. */
  | 'http-status'
  /** What it answers is said to be something else than a timestamp. */
  | 'media-type'
  | 'too-large'
  /** The answer is no TimeStampResp with one signature of one TSTInfo. */
  | 'unreadable'
  /** The authority has not granted it. */
  | 'rejected'
  /** It is of other bytes than were asked about. */
  | 'imprint-differs'
  /** It answers another question. */
  | 'nonce-differs'
  /** The signature does not verify, or its certificate is not there. */
  | 'signature-wrong'
  /** The signature names another certificate than the one that verifies it. */
  | 'certificate-not-named'
  /** The certificate is not for timestamps, and for them alone. */
  | 'certificate-purpose'
  /** The certificate was not valid at the time that is told. */
  | 'certificate-time'
  /** The certificate does not lead to a trust anchor of the settings. */
  | 'chain-unknown'
  /** It tells a time before the checkpoint was signed, or one that has not come yet. */
  | 'time-implausible';

/** That there is no timestamp now; it may be asked for again. */
export function noTimestamp(problem: TimestampProblem, options?: ErrorOptions): Outage {
  return new Outage('timestamp', problem, options);
}

/** Does what may fail on whatever an authority sends; each failure that is none of ours becomes one. */
export function readOr<T>(problem: TimestampProblem, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Outage) throw error;
    throw noTimestamp(problem, { cause: error });
  }
}
