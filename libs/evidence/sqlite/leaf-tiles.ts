import { IntegrityError, type EventId, type Position } from '#kernel';

import { ID_BYTES, writeId } from '../ids.js';
import type { LeafEntry } from '../port.js';
import { PART } from './schema.js';

const DIGITS = 16;
const NUMBERED = /^[0-9]{16}$/;

/** Which events some leaves are of, those of one tile: a row. */
export interface LeafTile {
  /** {@link ID_BYTES} of each leaf. */
  readonly ids: Uint8Array;
  /** JSON of a list: a number where a position is one in 16 digits, otherwise its text. */
  readonly positions: string;
  /** JSON of a list of `[place within the tile, id]`, of ids that are no UUIDs. */
  readonly texts: string | null;
}

/** @param place of the first of the leaves within their tile */
export function packed(leaves: readonly LeafEntry[], place: number): LeafTile {
  const ids = Buffer.allocUnsafe(leaves.length * ID_BYTES);
  const texts: (readonly [number, EventId])[] = [];
  for (const [at, { id }] of leaves.entries()) {
    if (!writeId(id, ids, at * ID_BYTES)) texts.push([place + at, id]);
  }
  const positions = JSON.stringify(leaves.map(({ position }) => storedPosition(position)));
  return { ids, positions, texts: texts.length === 0 ? null : JSON.stringify(texts) };
}

/** A tile's leaves, and those that come after them. */
export function joined(before: LeafTile, after: LeafTile): LeafTile {
  return {
    ids: Buffer.concat([before.ids, after.ids]),
    positions: joinedLists(before.positions, after.positions),
    texts:
      before.texts === null || after.texts === null
        ? (before.texts ?? after.texts)
        : joinedLists(before.texts, after.texts),
  };
}

/** @throws IntegrityError `store-corrupt` */
export function unpacked({ ids, positions, texts }: LeafTile): readonly LeafEntry[] {
  const [bytes, odd] = [bufferOf(ids), textsOf(texts)];
  const places = listOf(positions);
  if (places.length * ID_BYTES !== bytes.length) throw damaged();
  return places.map((position, at) => ({
    id: odd.get(at) ?? uuidAt(bytes, at),
    position: positionOf(position),
  }));
}

/** One id of a tile. @throws IntegrityError `store-corrupt` */
export function idAt({ ids, texts }: Omit<LeafTile, 'positions'>, place: number): EventId {
  return textsOf(texts).get(place) ?? uuidAt(bufferOf(ids), place);
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A position in a row. */
export function storedPosition(position: Position): number | string {
  const number = NUMBERED.test(position) ? Number(position) : Number.NaN;
  return Number.isSafeInteger(number) ? number : position;
}

/** @throws IntegrityError `store-corrupt` */
export function positionOf(stored: unknown): Position {
  if (typeof stored === 'number') return String(stored).padStart(DIGITS, '0') as Position;
  if (typeof stored === 'string') return stored as Position;
  throw damaged();
}

/** Neither is empty. */
function joinedLists(before: string, after: string): string {
  return `${before.slice(0, -1)},${after.slice(1)}`;
}

function uuidAt(ids: Buffer, place: number): EventId {
  const hex = ids.toString('hex', place * ID_BYTES, (place + 1) * ID_BYTES);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join('-') as EventId;
}

function textsOf(json: string | null): ReadonlyMap<number, EventId> {
  if (json === null) return NO_TEXTS;
  return new Map(
    listOf(json).map((pair): [number, EventId] => {
      if (!Array.isArray(pair)) throw damaged();
      const [place, text] = pair as readonly unknown[];
      if (typeof place !== 'number' || typeof text !== 'string') throw damaged();
      return [place, text as EventId];
    }),
  );
}

const NO_TEXTS: ReadonlyMap<number, EventId> = new Map();

function listOf(json: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(json);
    if (Array.isArray(list)) return list;
  } catch {
    throw damaged();
  }
  throw damaged();
}

function damaged(): IntegrityError {
  return new IntegrityError('store-corrupt', `${PART}: leaves that were not written so`);
}
