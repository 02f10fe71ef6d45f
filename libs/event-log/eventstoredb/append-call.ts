import { randomUUID } from 'node:crypto';

import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import { unpackToCommandError } from '@eventstore/db-client/dist/streams/appendToStream/unpackError.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';

import { faultPoint } from '#kernel';

import type { EncodedAppend, EncodedEvent } from '../append.js';
import { ConnectionLost, named } from './failures.js';
import type { EventLogFaultPoint } from './fault-points.js';

/** A message of an append holds no more than this of its events; the rest follows in others. */
const MESSAGE_BYTES = 3_145_728;

/** What the server says of an append. */
export interface AppendAnswer {
  readonly revision: number;
  /** Undefined where the stream's events are hidden. */
  readonly position: { readonly commit: bigint; readonly prepare: bigint } | undefined;
}

/** The call that carries all appends of a connection. */
export interface BatchCall {
  write(message: BatchAppendReq): boolean;
  on(event: 'data', listener: (answer: BatchAppendResp) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}

interface Waiting {
  readonly resolve: (answer: AppendAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends that share one call, answered in any order. The client's own way shares its table of
 * waiting appends between all clients of the process and dies of an answer that nobody waits for;
 * and it would parse what is already the bytes to be stored.
 */
export class AppendCall {
  readonly #open: () => Promise<BatchCall>;
  readonly #timeLimitMillis: number;
  readonly #waiting = new Map<string, Waiting>();
  #call: Promise<BatchCall> | undefined;

  /** @param timeLimitMillis the server drops what it has not begun by then */
  constructor(open: () => Promise<BatchCall>, timeLimitMillis: number) {
    this.#open = open;
    this.#timeLimitMillis = timeLimitMillis;
  }

  /** @throws errors of the client; ConnectionLost */
  async append(
    stream: string,
    append: Pick<EncodedAppend, 'expected' | 'events'>,
  ): Promise<AppendAnswer> {
    this.#call ??= this.#begun();
    const call = await this.#call;
    const correlation = randomUUID();
    reach('append.before-commit');
    const answer = await new Promise<AppendAnswer>((resolve, reject) => {
      this.#waiting.set(correlation, { resolve, reject });
      // Whoever appends waits for the answer: so much is under way, and no more is ever buffered.
      for (const message of this.#messages(stream, append, correlation)) call.write(message);
    });
    reach('append.after-commit');
    return answer;
  }

  async #begun(): Promise<BatchCall> {
    try {
      const call = await this.#open();
      call.on('data', (answer) => {
        this.#answered(answer);
      });
      call.on('error', (error) => {
        this.#lost(named(error));
      });
      call.on('end', () => {
        this.#lost(new ConnectionLost('the server ended the call'));
      });
      return call;
    } catch (error) {
      this.#call = undefined;
      throw error;
    }
  }

  #answered(answer: BatchAppendResp): void {
    const correlation = answer.getCorrelationId()?.getString() ?? '';
    const waiting = this.#waiting.get(correlation);
    this.#waiting.delete(correlation);
    const error = answer.getError();
    if (error === undefined) waiting?.resolve(answerOf(answer.getSuccess()));
    else waiting?.reject(unpackToCommandError(error, ''));
  }

  #lost(error: Error): void {
    this.#call = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  *#messages(
    stream: string,
    { expected, events }: Pick<EncodedAppend, 'expected' | 'events'>,
    correlation: string,
  ): Generator<BatchAppendReq> {
    const options = new streams.BatchAppendReq.Options();
    const identifier = new shared.StreamIdentifier();
    identifier.setStreamName(Buffer.from(stream).toString('base64'));
    options.setStreamIdentifier(identifier);
    if (expected === 'no-stream') options.setNoStream(new empty.Empty());
    else options.setStreamPosition(String(expected));
    const deadline = new Date(Date.now() + this.#timeLimitMillis);
    options.setDeadline(timestamps.Timestamp.fromDate(deadline));
    let message = messageOf(correlation).setOptions(options);
    let bytes = 0;
    for (const event of events) {
      const size = event.data.byteLength + event.metadata.byteLength;
      if (bytes > 0 && bytes + size > MESSAGE_BYTES) {
        yield message;
        message = messageOf(correlation);
        bytes = 0;
      }
      bytes += size;
      message.addProposedMessages(proposed(event));
    }
    yield message.setIsFinal(true);
  }
}

function messageOf(correlation: string): BatchAppendReq {
  return new streams.BatchAppendReq().setCorrelationId(new shared.UUID().setString(correlation));
}

function proposed(event: EncodedEvent) {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.setId(new shared.UUID().setString(event.id));
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  message.setData(bytesOf(event.data));
  message.setCustomMetadata(bytesOf(event.metadata));
  return message;
}

/** The same bytes: a Buffer would be copied. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function answerOf(success: BatchAppendResp.Success | undefined): AppendAnswer {
  const position = success?.getPosition();
  return {
    revision: Number(success?.getCurrentRevision()),
    position:
      position === undefined
        ? undefined
        : {
            commit: BigInt(position.getCommitPosition()),
            prepare: BigInt(position.getPreparePosition()),
          },
  };
}

function reach(point: EventLogFaultPoint): void {
  faultPoint(point);
}
