import type {
  AllStreamResolvedEvent,
  ReadPosition,
  ResolvedEvent,
  StreamingRead,
} from '@eventstore/db-client';

import type { Connection } from './connection.js';

/** How a page of a stream is asked for. */
export interface StreamPage {
  readonly from: bigint | 'end';
  readonly direction: 'forwards' | 'backwards';
  readonly count: number;
}

/** How a page of `$all` is asked for. */
export interface AllPage {
  readonly from: ReadPosition;
  readonly direction: 'forwards' | 'backwards';
  readonly count: number;
}

/** A page of a stream. @throws errors of the client; the leader is asked, for followers lag */
export async function streamPage(
  connection: Connection,
  stream: string,
  { from, direction, count }: StreamPage,
): Promise<readonly ResolvedEvent[]> {
  const options = { fromRevision: from, direction, maxCount: count, requiresLeader: true };
  return collected(connection, connection.readStream(stream, options));
}

/** A page of `$all`, with all that is in it: forwards from the position, backwards from before it. */
export async function allPage(
  connection: Connection,
  { from, direction, count }: AllPage,
): Promise<readonly AllStreamResolvedEvent[]> {
  const options = { fromPosition: from, direction, maxCount: count, requiresLeader: true };
  return collected(connection, connection.readAll(options));
}

/**
 * Everything that a read gives. One that was under way when its connection is given up stays open:
 * who gave the connection up has stopped waiting.
 */
async function collected<T>(connection: Connection, read: StreamingRead<T>): Promise<readonly T[]> {
  const items: T[] = [];
  const stop = () => {
    // The client's stream neither ends nor fails when its call is cancelled.
    read.cancel().catch(() => undefined);
    read.destroy();
  };
  connection.gone.addEventListener('abort', stop);
  try {
    await new Promise<void>((resolve, reject) => {
      read.on('data', (item: T) => {
        items.push(item);
      });
      read.on('end', resolve);
      read.on('error', reject);
    });
    return items;
  } finally {
    connection.gone.removeEventListener('abort', stop);
  }
}
