import { objectIn, type Members } from './canonical.js';
import type { EventLine, KeyLine, MissingLine, Slot } from './format.js';
import { bytesIn, hashIn, isCount, isText, listIn } from './read-header.js';

/** More hashes than any tree has levels. */
const MAX_HASHES = 63;

/** Reads a line of the events; undefined where it is none. */
export function readEventLine(text: string | undefined): EventLine | MissingLine | undefined {
  const line = objectIn(text);
  if (line === undefined || !isCount(line.index) || !isText(line.id)) return undefined;
  const slot = slotIn(line);
  if (slot === 'unreadable') return undefined;
  const { index, id } = line;
  return line.data === undefined
    ? { kind: 'missing', index, id, slot }
    : eventIn(line, { index, id, slot });
}

function eventIn(
  line: Members,
  known: Pick<EventLine, 'index' | 'id' | 'slot'>,
): EventLine | undefined {
  const { stream, revision, type, preimage, was } = line;
  const metadata = bytesIn(line.metadata);
  const data = bytesIn(line.data);
  if (!isText(stream) || !isText(type) || !isText(preimage)) return undefined;
  // What a store gives back as a revision after somebody's editing may be below 0.
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision)) return undefined;
  if (was !== undefined && !isCount(was)) return undefined;
  if (metadata === undefined || data === undefined) return undefined;
  const isEnding = line.ending === true;
  const isHidden = line.hidden === true;
  const isUnknown = line.unknown === true;
  const said = { was, stream, revision, type, metadata, data, preimage };
  return { kind: 'event', ...known, ...said, isEnding, isHidden, isUnknown };
}

function slotIn({ leaf, proof }: Members): Slot | undefined | 'unreadable' {
  if (leaf === undefined && proof === undefined) return undefined;
  const hash = hashIn(leaf);
  const hashes = listIn(proof, hashIn);
  if (hash === undefined || hashes === undefined || hashes.length > MAX_HASHES) return 'unreadable';
  return { leaf: hash, proof: hashes };
}

const STATES = ['live', 'fenced', 'destroyed', 'missing'] as const;

/** Reads a line of the keys; undefined where it is none. */
export function readKeyLine(text: string | undefined): KeyLine | undefined {
  const line = objectIn(text);
  const state = STATES.find((one) => one === line?.state);
  if (line === undefined || state === undefined || !isText(line.key)) return undefined;
  return { key: line.key, state, by: isText(line.by) ? line.by : undefined };
}
