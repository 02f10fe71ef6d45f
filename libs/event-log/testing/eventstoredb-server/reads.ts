import { setTimeout as pause } from 'node:timers/promises';

import type { handleServerStreamingCall } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { authorize } from './access.js';
import { Answers } from './calls.js';
import { accessDenied, CallFailed, streamDeleted, unimplemented } from './errors.js';
import { filterOf } from './filter.js';
import { admit, type NodeState } from './node.js';
import { nameIn, streams } from './protocol.js';
import { eventResponse, invalidPosition, streamNotFound } from './read-responses.js';
import { readAll, readStream, type Direction, type FromPosition } from './reading.js';
import type { StoredRecord } from './records.js';
import { subscribe } from './subscriptions.js';

type Call = Parameters<handleServerStreamingCall<ReadReq, ReadResp>>[0];
type Options = ReadReq.Options | undefined;

/** Reads of a stream or of `$all`, and subscriptions to `$all`. */
export function readHandler(node: NodeState): handleServerStreamingCall<ReadReq, ReadResp> {
  return (call) => {
    const answers = new Answers(call);
    answers.finish(serve(node, call, answers));
  };
}

async function serve(
  node: NodeState,
  call: Call,
  answers: Answers<ReadReq, ReadResp>,
): Promise<void> {
  const options = call.request.getOptions();
  authorize(node, call, 'read', options?.hasAll() === true ? '$all' : nameIn(options?.getStream()));
  admit(node, call);
  if (options?.hasSubscription() !== true) await read(node, options, answers);
  else if (options.hasAll()) {
    await subscribe(node, fromPosition(options), filterOf(options), answers);
  } else throw new CallFailed(unimplemented('Subscriptions to streams are not served here.'));
}

/** When a server that is slow comes to this read. */
async function turn(node: NodeState): Promise<void> {
  if (node.readMillis === 0) return;
  node.reading = node.reading.then(() => pause(node.readMillis));
  await node.reading;
}

async function read(
  node: NodeState,
  options: Options,
  answers: Answers<ReadReq, ReadResp>,
): Promise<void> {
  node.reads += 1;
  await turn(node);
  const records = options?.hasAll() === true ? all(node, options) : stream(node, options);
  if (records === 'not-found') {
    await answers.write(streamNotFound(nameIn(options?.getStream())));
    return;
  }
  const { matches } = filterOf(options);
  let left = BigInt(options?.getCount() ?? '0');
  for (const record of records) {
    if (left <= 0n || answers.gone.aborted) return;
    if (!matches(record)) continue;
    left -= 1n;
    await answers.write(eventResponse(record));
    node.eventsRead += 1;
  }
}

function all(node: NodeState, options: ReadReq.Options): Iterable<StoredRecord> {
  const records = readAll(node.store, fromPosition(options), directionOf(options));
  if (records === 'invalid') throw new CallFailed(invalidPosition());
  return records;
}

function stream(node: NodeState, options: Options): Iterable<StoredRecord> | 'not-found' {
  const asked = options?.getStream();
  const name = nameIn(asked);
  if (node.denied === 'metadata' && name.startsWith('$$')) throw new CallFailed(accessDenied());
  const revision = asked?.hasRevision() === true ? BigInt(asked.getRevision()) : undefined;
  const from = revision ?? (asked?.hasEnd() === true ? 'end' : 'start');
  const records = readStream(node.store, name, from, directionOf(options));
  if (records === 'deleted') throw new CallFailed(streamDeleted(name));
  return records;
}

function directionOf(options: Options): Direction {
  return options?.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS
    ? 'backwards'
    : 'forwards';
}

function fromPosition(options: ReadReq.Options): FromPosition {
  const asked = options.getAll();
  const position = asked?.getPosition();
  if (position === undefined) return asked?.hasEnd() === true ? 'end' : 'start';
  const commit = BigInt(position.getCommitPosition());
  return { commit, prepare: BigInt(position.getPreparePosition()) };
}
