import type { ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import { both } from './appends.js';
import { unknown } from './errors.js';
import { identifierOf, setPosition, shared, streams } from './protocol.js';
import type { StoredRecord } from './records.js';

/** What the server says of a position that it never gave. */
export function invalidPosition() {
  return unknown('Unexpected ReadAllResult: InvalidPosition');
}

export function streamNotFound(name: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  return new streams.ReadResp().setStreamNotFound(notFound.setStreamIdentifier(identifierOf(name)));
}

export function eventResponse(record: StoredRecord): ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(new shared.UUID().setString(record.id));
  recorded.setStreamIdentifier(identifierOf(record.stream));
  recorded.setStreamRevision(String(record.revision));
  setPosition(recorded, both(record.position));
  const described = recorded.getMetadataMap();
  described.set('type', record.type);
  described.set('content-type', record.contentType);
  described.set('created', record.created);
  recorded.setCustomMetadata(record.metadata);
  recorded.setData(record.data);
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recorded);
  event.setCommitPosition(String(record.position));
  return new streams.ReadResp().setEvent(event);
}
