import type { TimestampAuthority } from './authority.js';
import { noTimestamp } from './problems.js';

/** Limits of an answer. */
export interface Patience {
  /** Longest that an authority is waited for, until the last byte. */
  readonly millis: number;
  /** Largest answer that is read. */
  readonly bytes: number;
}

export const PATIENCE: Patience = { millis: 10_000, bytes: 65_536 };

/**
 * Sends a question to an authority (RFC 3161, section 3.4).
 * @param query a TimeStampReq, DER
 * @param signal ends the waiting
 * @returns the body of the answer, whatever it is
 * @throws Outage with the code of what went wrong
 */
export async function askAuthority(
  { url, authorization }: Pick<TimestampAuthority, 'url' | 'authorization'>,
  query: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
  { millis, bytes }: Patience = PATIENCE,
): Promise<Buffer> {
  const late = AbortSignal.timeout(millis);
  const answer = await inTime(late, () =>
    fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/timestamp-query',
        accept: 'application/timestamp-reply',
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: query,
      signal: AbortSignal.any([late, signal]),
      redirect: 'error',
    }),
  );
  try {
    if (answer.status !== 200) throw noTimestamp('http-status');
    const type = answer.headers.get('content-type') ?? '';
    if (!type.startsWith('application/timestamp-reply')) throw noTimestamp('media-type');
    const body = await inTime(late, () => bodyOf(answer, bytes));
    if (body === undefined) throw noTimestamp('too-large');
    return body;
  } finally {
    // Nobody reads the rest: the connection is given back.
    await answer.body?.cancel().catch(() => undefined);
  }
}

async function inTime<T>(late: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw noTimestamp(late.aborted ? 'slow' : 'unreachable');
  }
}

/** Undefined where it is larger: what is too large is not read to its end. */
async function bodyOf({ body }: Response, most: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream: AsyncIterable<Uint8Array> | null = body;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
