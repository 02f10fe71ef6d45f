import type { StoredEvent } from '#event-log';
import { bytesIn, type StoredContent } from '#event-log';
import type { JsonObject } from '#kernel';

import { entryOf } from './tree/hashing.js';

/** A stored event as bundles and copies hand it out: what lies in the store in base64, and its entry. */
export function storedMembers(event: StoredEvent): JsonObject {
  const { stream, revision, id, type, metadata, data } = event;
  return {
    stream,
    revision,
    id,
    type,
    metadata: base64(metadata),
    data: base64(data),
    preimage: entryOf(event),
  };
}

function base64(content: StoredContent): string {
  const { buffer, byteOffset, byteLength } = bytesIn(content);
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
