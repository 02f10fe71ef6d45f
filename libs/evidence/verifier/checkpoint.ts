import { base64, fromBase64 } from './bytes.js';
import { HASH_BYTES } from './hashing.js';
import { parseNote, type SignedNote } from './note.js';
import type { TreeHead } from './proofs.js';

/** What a checkpoint says: which log's tree had which root at which size (c2sp.org/tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  /** Name of the log: that of its key. */
  readonly origin: string;
  /** Lines after the root, each not empty. */
  readonly extensions: readonly string[];
}

/** A checkpoint with the note that says so. Whether a key has signed it, the caller asks. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

const SIZE = /^(0|[1-9][0-9]{0,15})$/;

/** The text that is signed. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), base64(root), ...extensions, ''].join('\n');
}

/** Reads a signed note as a checkpoint; undefined where it is none. */
export function parseCheckpoint(note: string): SignedCheckpoint | undefined {
  const parsed = parseNote(note);
  if (parsed === undefined) return undefined;
  const checkpoint = readCheckpointText(parsed.text);
  return checkpoint === undefined ? undefined : { ...checkpoint, note: parsed };
}

/** Reads the text of a checkpoint; undefined where it is none. */
export function readCheckpointText(text: string): Checkpoint | undefined {
  const [origin, sized, rooted, ...rest] = text.split('\n');
  if (rest.pop() !== '' || origin === undefined || origin === '') return undefined;
  if (sized === undefined || !SIZE.test(sized) || rooted === undefined) return undefined;
  const size = Number(sized);
  const root = fromBase64(rooted);
  if (root?.length !== HASH_BYTES || !Number.isSafeInteger(size)) return undefined;
  return rest.includes('') ? undefined : { origin, size, root, extensions: rest };
}
