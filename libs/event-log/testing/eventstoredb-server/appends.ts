import type { handleClientStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import type {
  AppendReq,
  AppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';

import { authorize } from './access.js';
import { answer, collect } from './calls.js';
import { appendTooLarge, CallFailed, streamDeleted, unknown, wrongVersion } from './errors.js';
import { admit, type NodeState } from './node.js';
import { nameIn, setPosition, shared, streams, textOfUuid } from './protocol.js';
import { NONE, type ExpectedState, type ProposedRecord } from './records.js';
import { append, remove, type Written } from './writing.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An event as it comes in either kind of append. */
interface Proposed {
  getId(): Parameters<typeof textOfUuid>[0];
  getMetadataMap(): { get(name: string): string | undefined };
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

/** How the messages that carry an expectation name its cases. */
interface Expectation {
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

export function proposedRecord(message: Proposed | undefined): ProposedRecord {
  const described = message?.getMetadataMap();
  return {
    id: textOfUuid(message?.getId()),
    type: described?.get('type') ?? '',
    contentType: described?.get('content-type') ?? 'application/octet-stream',
    data: message?.getData_asU8() ?? new Uint8Array(),
    metadata: message?.getCustomMetadata_asU8() ?? new Uint8Array(),
  };
}

/** Why the server cannot take an event, if it cannot. */
export function malformed(events: readonly ProposedRecord[]): string | undefined {
  if (events.some((event) => !UUID.test(event.id))) return 'Unrecognized Guid format.';
  if (events.some((event) => event.type === '')) return "Value cannot be null. (Parameter 'type')";
  return undefined;
}

export function expectedOf(
  options: Expectation | undefined,
  revision: string | undefined,
): ExpectedState {
  if (revision !== undefined) return BigInt(revision);
  if (options?.hasNoStream() === true) return 'no-stream';
  return options?.hasStreamExists() === true ? 'stream-exists' : 'any';
}

/** One append that is a call of its own: its options first, then an event a message. */
export function appendHandler(node: NodeState): handleClientStreamingCall<AppendReq, AppendResp> {
  return (call, callback) => {
    const work = async () => {
      const [header, ...messages] = await collect(call);
      const options = header?.getOptions();
      const stream = nameIn(options);
      authorize(node, call, 'write', stream);
      admit(node, call);
      const revision = options?.hasRevision() === true ? options.getRevision() : undefined;
      const expected = expectedOf(options, revision);
      const events = messages.map((message) => proposedRecord(message.getProposedMessage()));
      const wrong = malformed(events);
      if (wrong !== undefined) throw new CallFailed(unknown(wrong));
      const written = append(node.store, stream, expected, events, node.maxAppendBytes);
      node.beforeAcknowledging?.();
      return appendResponse(stream, expected, written);
    };
    answer(work(), callback);
  };
}

export function deleteHandler(node: NodeState): handleUnaryCall<DeleteReq, DeleteResp> {
  return (call, callback) => {
    const options = call.request.getOptions();
    const revision = options?.hasRevision() === true ? options.getRevision() : undefined;
    const work = async () => {
      authorize(node, call, 'delete', nameIn(options));
      admit(node, call);
      const expected = expectedOf(options, revision);
      const position = removed(node, nameIn(options), expected, 'soft');
      const at = setPosition(new streams.DeleteResp.Position(), position);
      return new streams.DeleteResp().setPosition(at);
    };
    answer(work(), callback);
  };
}

export function tombstoneHandler(node: NodeState): handleUnaryCall<TombstoneReq, TombstoneResp> {
  return (call, callback) => {
    const options = call.request.getOptions();
    const revision = options?.hasRevision() === true ? options.getRevision() : undefined;
    const work = async () => {
      authorize(node, call, 'delete', nameIn(options));
      admit(node, call);
      const expected = expectedOf(options, revision);
      const position = removed(node, nameIn(options), expected, 'tombstone');
      const at = setPosition(new streams.TombstoneResp.Position(), position);
      return new streams.TombstoneResp().setPosition(at);
    };
    answer(work(), callback);
  };
}

function removed(
  node: NodeState,
  stream: string,
  expected: ExpectedState,
  how: 'soft' | 'tombstone',
) {
  const written = remove(node.store, stream, expected, how);
  if (written.kind === 'written') return both(written.position ?? 0n);
  throw new CallFailed(refusalOf(stream, expected, written));
}

function appendResponse(stream: string, expected: ExpectedState, written: Written): AppendResp {
  const response = new streams.AppendResp();
  if (written.kind === 'wrong-version') {
    return response.setWrongExpectedVersion(conflict(expected, written.current));
  }
  if (written.kind !== 'written') throw new CallFailed(refusalOf(stream, expected, written));
  const success = new streams.AppendResp.Success();
  if (written.revision === NONE) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(written.revision));
  if (written.position === undefined) success.setNoPosition(new shared.Empty());
  else {
    success.setPosition(setPosition(new streams.AppendResp.Position(), both(written.position)));
  }
  return response.setSuccess(success);
}

/** A conflict is an answer here, not a failed call. */
function conflict(expected: ExpectedState, current: bigint) {
  const message = new streams.AppendResp.WrongExpectedVersion();
  if (current === NONE) message.setCurrentNoStream(new shared.Empty());
  else message.setCurrentRevision(String(current));
  if (expected === 'any') message.setExpectedAny(new shared.Empty());
  else if (expected === 'no-stream') message.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream-exists') message.setExpectedStreamExists(new shared.Empty());
  else message.setExpectedRevision(String(expected));
  return message;
}

function refusalOf(
  stream: string,
  expected: ExpectedState,
  written: Exclude<Written, { kind: 'written' }>,
) {
  switch (written.kind) {
    case 'deleted':
      return streamDeleted(stream);
    case 'too-large':
      return appendTooLarge(written.limit);
    case 'wrong-version':
      return wrongVersion(stream, expected, written.current);
  }
}

/** Of what is written, commit and prepare are equal. */
export function both(position: bigint) {
  return { commit: position, prepare: position };
}
