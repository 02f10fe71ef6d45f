import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import type { Code } from '@eventstore/db-client/generated/code_pb.js';
import type {
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { Message } from 'google-protobuf';

import { callerOf, mayDo } from './access.js';
import type { Caller } from './accounts.js';
import { both, expectedOf, malformed, proposedRecord } from './appends.js';
import { failureOf } from './calls.js';
import { admit, type NodeState } from './node.js';
import {
  any,
  code,
  empty,
  identifierOf,
  nameIn,
  rpcStatus,
  setPosition,
  shared,
  streams,
  textOfUuid,
} from './protocol.js';
import { NONE, type ExpectedState, type ProposedRecord } from './records.js';
import { append, type Written } from './writing.js';

/** After this the server answers a second time to an append that it could not read. */
const SECOND_ANSWER_MILLIS = 2_000;

type Call = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** An append whose chunks are coming in. */
interface Pending {
  readonly stream: string;
  readonly expected: ExpectedState;
  readonly events: ProposedRecord[];
}

/** Appends of a client that share one call, told apart by their correlation ids. */
export function batchAppendHandler(
  node: NodeState,
): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> {
  return (call) => {
    const pending = new Map<string, Pending>();
    let caller: Caller;
    try {
      caller = callerOf(node, call);
      admitStream(node, call);
    } catch (error) {
      call.emit('error', failureOf(error));
      return;
    }
    call.on('data', (request: BatchAppendReq) => {
      const id = textOfUuid(request.getCorrelationId());
      const entry = pending.get(id) ?? begun(request);
      pending.set(id, entry);
      entry.events.push(...request.getProposedMessagesList().map(proposedRecord));
      if (!request.getIsFinal()) return;
      pending.delete(id);
      conclude(node, call, caller, request, entry);
    });
    call.on('end', () => {
      call.end();
    });
  };
}

/** What a node cannot do now is said of each append; only the wrong node ends the call. */
function admitStream(node: NodeState, call: Call): void {
  if (node.ready && node.denied !== 'everything' && node.role() !== 'none') admit(node, call);
}

function begun(request: BatchAppendReq): Pending {
  const options = request.getOptions();
  const revision = options?.hasStreamPosition() === true ? options.getStreamPosition() : undefined;
  return { stream: nameIn(options), expected: expectedOf(options, revision), events: [] };
}

function conclude(
  node: NodeState,
  call: Call,
  caller: Caller,
  request: BatchAppendReq,
  entry: Pending,
): void {
  const respond = (response: BatchAppendResp) => {
    response.setCorrelationId(request.getCorrelationId());
    response.setStreamIdentifier(identifierOf(entry.stream));
    if (call.writable) call.write(response);
  };
  const wrong = malformed(entry.events);
  const denied = node.denied === 'everything' || !mayDo(node.store, caller, 'write', entry.stream);
  if (wrong !== undefined) {
    respond(failed(code.Code.INVALID_ARGUMENT, wrong, new shared.BadRequest().setMessage(wrong)));
    const again = setTimeout(() => {
      respond(failed(code.Code.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout()));
    }, SECOND_ANSWER_MILLIS);
    call.once('close', () => {
      clearTimeout(again);
    });
  } else if (!node.ready || node.role() === 'none') {
    respond(failed(code.Code.UNAVAILABLE, 'Server Is Not Ready', new empty.Empty()));
  } else if (denied) {
    respond(failed(code.Code.PERMISSION_DENIED, 'Access Denied', new shared.AccessDenied()));
  } else {
    const { stream, expected, events } = entry;
    const written = append(node.store, stream, expected, events, node.maxAppendBytes);
    node.beforeAcknowledging?.();
    const told = node.namesFirst ? ofTheFirst(node, entry, written) : written;
    respond(batchResponse(stream, expected, told));
  }
}

/** An answer with the position of the first event, which no real server was seen to give. */
function ofTheFirst({ store }: NodeState, { stream, events }: Pending, written: Written): Written {
  if (written.kind !== 'written' || written.position === undefined) return written;
  const first = written.revision - BigInt(events.length - 1);
  return { ...written, position: store.stream(stream).written(first)?.position };
}

function batchResponse(stream: string, expected: ExpectedState, written: Written): BatchAppendResp {
  switch (written.kind) {
    case 'written': {
      const success = new streams.BatchAppendResp.Success();
      if (written.revision === NONE) success.setNoStream(new empty.Empty());
      else success.setCurrentRevision(String(written.revision));
      if (written.position === undefined) success.setNoPosition(new empty.Empty());
      else success.setPosition(setPosition(new shared.AllStreamPosition(), both(written.position)));
      return new streams.BatchAppendResp().setSuccess(success);
    }
    case 'wrong-version': {
      const details = wrongExpectedVersion(expected, written.current);
      return failed(code.Code.FAILED_PRECONDITION, 'WrongExpectedVersion', details);
    }
    case 'deleted': {
      const details = new shared.StreamDeleted().setStreamIdentifier(identifierOf(stream));
      return failed(code.Code.FAILED_PRECONDITION, 'StreamDeleted', details);
    }
    case 'too-large': {
      const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(written.limit);
      return failed(code.Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', details);
    }
  }
}

function wrongExpectedVersion(expected: ExpectedState, current: bigint) {
  const details = new shared.WrongExpectedVersion();
  if (current === NONE) details.setCurrentNoStream(new empty.Empty());
  else details.setCurrentStreamRevision(String(current));
  if (expected === 'any') details.setExpectedAny(new empty.Empty());
  else if (expected === 'no-stream') details.setExpectedNoStream(new empty.Empty());
  else if (expected === 'stream-exists') details.setExpectedStreamExists(new empty.Empty());
  else details.setExpectedStreamPosition(String(expected));
  return details;
}

/** An append that failed: its kind is the type of what is packed into the status. */
function failed(kind: Code, message: string, details: Message): BatchAppendResp {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), typeOf(details));
  const error = new rpcStatus.Status();
  error.setCode(kind);
  error.setMessage(message);
  error.setDetails(packed);
  return new streams.BatchAppendResp().setError(error);
}

const TYPES = new Map<unknown, string>([
  [shared.AccessDenied, 'event_store.client.AccessDenied'],
  [shared.BadRequest, 'event_store.client.BadRequest'],
  [shared.MaximumAppendSizeExceeded, 'event_store.client.MaximumAppendSizeExceeded'],
  [shared.StreamDeleted, 'event_store.client.StreamDeleted'],
  [shared.Timeout, 'event_store.client.Timeout'],
  [shared.WrongExpectedVersion, 'event_store.client.WrongExpectedVersion'],
  [empty.Empty, 'google.protobuf.Empty'],
]);

function typeOf(details: Message): string {
  return TYPES.get(details.constructor) ?? 'event_store.client.Unknown';
}
