import { createHash } from 'node:crypto';

import type { Brand, StreamName, SubjectId } from '#kernel';
import { InvalidInput, streamName, uuidAs } from '#kernel';

/** Number of an erasure case: `E-7K3M-Q9XD-2PAB`. Tells nothing of the person. */
export type CaseNumber = Brand<string, 'CaseNumber'>;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CASE = /^E(-[0-9A-HJKMNP-TV-Z]{4}){3}$/;
const PREFIX = 'customer-';

/** The case number that a minted id gives: 60 bits in Crockford's base 32, made to be read aloud. */
export function caseNumberOf(id: string): CaseNumber {
  const bytes = createHash('sha256').update(id).digest();
  const signs = Array.from({ length: 12 }, (_, at) => ALPHABET.charAt((bytes[at] ?? 0) & 31));
  const groups = [0, 4, 8].map((from) => signs.slice(from, from + 4).join(''));
  return `E-${groups.join('-')}` as CaseNumber;
}

/** Takes a text as a case number, in any case; InvalidInput otherwise. */
export function parseCaseNumber(text: string): CaseNumber {
  const upper = text.toUpperCase();
  if (!CASE.test(upper)) {
    throw new InvalidInput('case', 'case-number', 'must look like E-7K3M-Q9XD-2PAB');
  }
  return upper as CaseNumber;
}

/** The stream of a customer. */
export function customerStream(subject: SubjectId): StreamName {
  return streamName(PREFIX + subject);
}

/** The customer that a stream is about; undefined for other streams. */
export function subjectOf(stream: StreamName): SubjectId | undefined {
  return stream.startsWith(PREFIX)
    ? uuidAs<SubjectId>(stream.slice(PREFIX.length), 'stream')
    : undefined;
}
