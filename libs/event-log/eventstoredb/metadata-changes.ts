import type { AllStreamResolvedEvent } from '@eventstore/db-client';

import { instantOf, isJsonObject } from '#kernel';

import type { MetadataChange } from '../own-streams.js';
import type { Connections } from './connections.js';
import { ConnectionLost, outageOf } from './failures.js';
import { Feed, type Wanted } from './feed.js';
import type { Names } from './names.js';
import { positionOf } from './positions.js';
import { probe } from './subscription.js';

/** What the name of the stream begins with that describes another. */
const DESCRIBES = '$$';
/** The stream of the default ACL. Whatever the type of its newest event is, the server heeds it. */
const SETTINGS = '$settings';
const TOMBSTONE = '$streamDeleted';

type ClientsEvent = NonNullable<AllStreamResolvedEvent['event']>;

/**
 * Everything that was said of the ledger's streams and of the default ACL, and then the tombstones.
 * @throws Outage, also where the connection is lost on the way
 */
export async function* metadataChanges(
  connections: Connections,
  names: Names,
  idleLimitMillis: number,
): AsyncGenerator<readonly MetadataChange[], void, void> {
  const said: Wanted = { streams: [`${DESCRIBES}${names.prefix}`, SETTINGS] };
  for (const wanted of [said, { types: [TOMBSTONE] }]) {
    for await (const page of everything(connections, names, wanted, idleLimitMillis)) {
      const changes = page.flatMap(({ event }) =>
        event === undefined ? [] : (changeIn(names, event) ?? []),
      );
      if (changes.length > 0) yield changes;
    }
  }
}

/** What there is in `$all` of that kind, up to now. */
async function* everything(
  connections: Connections,
  names: Names,
  wanted: Wanted,
  idleLimitMillis: number,
): AsyncGenerator<readonly AllStreamResolvedEvent[], void, void> {
  const connection = connections.current;
  const feed = new Feed(connection, wanted, 'start');
  try {
    for (;;) {
      if (connection.gone.aborted) throw new ConnectionLost('the connection was given up');
      const { caughtUp, bell } = feed;
      const { rung } = bell;
      const page = feed.take();
      if (page.length > 0) {
        yield page;
        continue;
      }
      if (caughtUp) return;
      feed.throwIfFailed();
      await bell.wait(rung, connection.gone, idleLimitMillis);
      if (bell.rung === rung && connection.silentMillis >= idleLimitMillis) {
        await probe(connections, names);
      }
    }
  } catch (error) {
    connections.noteTrouble(connection, error);
    throw outageOf(error);
  } finally {
    feed.close();
  }
}

function changeIn(names: Names, event: ClientsEvent): MetadataChange | undefined {
  const { streamId, type, revision, position, created } = event;
  const stream = describedBy(names, event);
  if (stream === undefined) return undefined;
  return {
    stream,
    revision: Number(revision),
    position: positionOf(position),
    at: instantOf(created),
    members: type === TOMBSTONE && !streamId.startsWith('$') ? [TOMBSTONE] : membersOf(event),
  };
}

/** The stream that an event says something of; undefined where that is none of the ledger's. */
function describedBy(names: Names, { streamId, type }: ClientsEvent): string | undefined {
  if (streamId === SETTINGS) return SETTINGS;
  const described = streamId.startsWith(DESCRIBES) ? streamId.slice(DESCRIBES.length) : undefined;
  const stored = described ?? (type === TOMBSTONE ? streamId : undefined);
  if (stored === names.identity) return stored.slice(names.prefix.length);
  return stored === undefined ? undefined : names.logical(stored);
}

/** The server parses what it is given, whatever it is flagged as. */
function membersOf({ data, isJson }: ClientsEvent): readonly string[] {
  const value: unknown = isJson ? data : parsed(data);
  return isJsonObject(value) ? Object.keys(value).sort() : [];
}

function parsed(data: unknown): unknown {
  try {
    return data instanceof Uint8Array ? JSON.parse(Buffer.from(data).toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}
