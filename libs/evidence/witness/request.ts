import { base64, fromBase64, HASH_BYTES, type Bytes } from '../verifier/index.js';

/** What a log asks of a witness: to cosign a checkpoint (c2sp.org/tlog-witness, add-checkpoint). */
export interface AddCheckpoint {
  /** Size of the tree that the witness has cosigned last, as far as the log knows; 0 for none. */
  readonly oldSize: number;
  /** That the tree has only grown since; none where the old size is 0. */
  readonly proof: readonly Bytes[];
  /** The signed note. */
  readonly checkpoint: string;
}

const MAX_HASHES = 63;
const OLD = /^old (0|[1-9][0-9]{0,15})$/;

/** The body of a request. */
export function requestText({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  const lines = [`old ${String(oldSize)}`, ...proof.map(base64), ''];
  return `${lines.join('\n')}\n${checkpoint}`;
}

/** Reads the body of a request; undefined where it is none. */
export function parseRequest(text: string): AddCheckpoint | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\n');
  const oldSize = Number(OLD.exec(first)?.[1] ?? Number.NaN);
  const proof = lines.flatMap((line) => hashIn(line) ?? []);
  if (!Number.isSafeInteger(oldSize) || lines.length > MAX_HASHES) return undefined;
  if (proof.length !== lines.length) return undefined;
  return { oldSize, proof, checkpoint: text.slice(end + 2) };
}

function hashIn(line: string): [Bytes] | undefined {
  const hash = fromBase64(line);
  return hash?.length === HASH_BYTES ? [hash] : undefined;
}
