import { ErrorType } from '@eventstore/db-client';

import type { AppendAnswer } from './append-call.js';
import type { Connection } from './connection.js';
import { kindOf } from './failures.js';
import { streamPage } from './reads.js';

/** Connections whose server has named the last event. */
const namesLast = new WeakSet<Connection>();

/**
 * The answer to an append of several events, with the position of the last one. That the server
 * names the last is nowhere promised: the first such append of each connection is read back, and
 * where it does not hold every one is.
 */
export async function withLastPosition(
  connection: Connection,
  stream: string,
  answer: AppendAnswer,
): Promise<AppendAnswer> {
  const { revision, position } = answer;
  if (position === undefined || namesLast.has(connection)) return answer;
  const last = { from: BigInt(revision), direction: 'forwards', count: 1 } as const;
  try {
    const [read] = await streamPage(connection, stream, last);
    const at = read?.event?.position;
    if (at?.commit === position.commit && at.prepare === position.prepare) {
      namesLast.add(connection);
    }
    return { revision, position: at };
  } catch (error) {
    // Somebody has deleted the stream since.
    if (kindOf(error) !== ErrorType.STREAM_NOT_FOUND) throw error;
    return { revision, position: undefined };
  }
}
