import type { AllStreamResolvedEvent, ResolvedEvent } from '@eventstore/db-client';

import type { EventId, JsonObject, Metadata, RecordedEvent } from '#kernel';

import { objectAt } from '../recorded.js';
import type { Names } from './names.js';
import { positionOf } from './positions.js';

type ClientsEvent = NonNullable<(ResolvedEvent | AllStreamResolvedEvent)['event']>;

/**
 * The ledger's event that the store gave back; undefined for what is not one: events of other
 * streams, and those of the server's own making.
 * @throws IntegrityError `event-unreadable`
 */
export function ledgerEvent(names: Names, stored: ClientsEvent): RecordedEvent | undefined {
  const stream = names.logical(stored.streamId);
  if (stream === undefined || stored.type.startsWith('$')) return undefined;
  const { data, isJson, metadata } = stored;
  const position = positionOf(stored.position ?? { commit: 0n, prepare: 0n });
  return {
    stream,
    revision: Number(stored.revision),
    position,
    id: stored.id as EventId,
    type: stored.type,
    // What the client could not parse it hands over as bytes.
    metadata: objectAt(parsed(metadata), position) as JsonObject & Metadata,
    data: objectAt(isJson ? data : undefined, position),
  };
}

function parsed(metadata: unknown): unknown {
  return metadata instanceof Uint8Array ? undefined : metadata;
}
