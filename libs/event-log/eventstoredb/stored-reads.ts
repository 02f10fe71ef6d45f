import type { Position as StorePosition } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import type { Connection } from './connection.js';
import { named } from './failures.js';
import type { AllPage } from './reads.js';

/** An event as the server sends it: its data and metadata in the bytes that were written. */
export interface SentEvent {
  readonly id: string;
  readonly streamId: string;
  readonly type: string;
  readonly revision: number;
  readonly position: StorePosition;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
}

const { FORWARDS, BACKWARDS } = streams.ReadReq.Options.ReadDirection;

/**
 * A page of `$all`, in the bytes that the server sends. The client's own reads parse them and
 * keep only what came out: another spelling of the same value, or `1e999`, could not be told any more.
 * @throws errors of the client; the leader is asked, for followers lag
 */
export async function sentPage(
  connection: Connection,
  asked: AllPage,
): Promise<readonly SentEvent[]> {
  const call = await connection.openRead(requestOf(asked));
  const events: SentEvent[] = [];
  const stop = () => {
    call.cancel();
  };
  connection.gone.addEventListener('abort', stop);
  if (connection.gone.aborted) stop();
  try {
    await new Promise<void>((resolve, reject) => {
      call.on('data', (answer: ReadResp) => {
        const event = sentEvent(answer);
        if (event !== undefined) events.push(event);
      });
      call.on('end', resolve);
      call.on('error', (error: Error) => {
        reject(named(error));
      });
    });
    return events;
  } finally {
    connection.gone.removeEventListener('abort', stop);
  }
}

function requestOf({ from, direction, count }: AllPage): ReadReq {
  const all = new streams.ReadReq.Options.AllOptions();
  if (from === 'start') all.setStart(new shared.Empty());
  else if (from === 'end') all.setEnd(new shared.Empty());
  else {
    const position = new streams.ReadReq.Options.Position();
    position.setCommitPosition(String(from.commit));
    all.setPosition(position.setPreparePosition(String(from.prepare)));
  }
  const asText = new streams.ReadReq.Options.UUIDOption();
  const options = new streams.ReadReq.Options();
  options.setAll(all);
  options.setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS);
  options.setResolveLinks(false);
  options.setCount(String(count));
  options.setUuidOption(asText.setString(new shared.Empty()));
  options.setNoFilter(new shared.Empty());
  return new streams.ReadReq().setOptions(options);
}

function sentEvent(answer: ReadResp): SentEvent | undefined {
  const event = answer.getEvent()?.getEvent();
  if (event === undefined) return undefined;
  return {
    id: event.getId()?.getString() ?? '',
    streamId: Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8'),
    type: event.getMetadataMap().get('type') ?? '',
    revision: Number(event.getStreamRevision()),
    position: {
      commit: BigInt(event.getCommitPosition()),
      prepare: BigInt(event.getPreparePosition()),
    },
    metadata: event.getCustomMetadata_asU8(),
    data: event.getData_asU8(),
  };
}
