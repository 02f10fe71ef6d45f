import { base64, hex, utf8 } from '../bytes.js';
import { parseCheckpoint, type SignedCheckpoint } from '../checkpoint.js';
import type { Cryptography } from '../cryptography.js';
import { keysOfLog } from '../key-chain.js';
import { parseNote, parseVkey, signedBy, type NoteKey, type SignedNote } from '../note.js';
import { BUNDLE_FILES, statementText, type BundleHeader } from './format.js';
import { textFile, type BundleFiles } from './files.js';
import { readHeader } from './read-header.js';

/** Why nothing was checked. */
export type BundleRefusal =
  /** There is no bundle, or one of a version that is not known here. */
  | 'no-bundle'
  /** A file that the check needs is not there or cannot be read. */
  | 'unreadable'
  /** There is no checkpoint, or no statement, that anybody has signed. */
  | 'unsigned'
  /** There are no events in it. */
  | 'empty'
  /** The key to compare with is none. */
  | 'vkey-unreadable'
  /** A witness's key is none, or more cosignatures are asked for than there are witnesses. */
  | 'witnesses-unreadable'
  /** The kept checkpoint is none, or was not signed with the key. */
  | 'kept-unreadable';

/** Thrown where input is refused. */
export class BundleRefused extends Error {
  override readonly name = 'BundleRefused';

  constructor(readonly refusal: BundleRefusal) {
    super(refusal);
  }
}

/** What a key has to say of a note. */
export type SignatureState = 'good' | 'missing' | 'wrong';

/** What a bundle says of itself, and who has signed that. */
export interface SignedHeader {
  readonly header: BundleHeader;
  readonly checkpoint: SignedCheckpoint;
  /** The key that counts, as people hand it on. */
  readonly vkey: string;
  readonly keys: readonly NoteKey[];
  /** Of the checkpoint. */
  readonly signature: SignatureState;
  /** Of the header, and so of everything in it that is the ledger's own word. */
  readonly statement: SignatureState;
}

/** Reads header and checkpoint, and whose they are. @throws BundleRefused */
export async function readSigned(
  files: BundleFiles,
  given: string | undefined,
  crypto: Cryptography,
): Promise<SignedHeader> {
  const text = await textFile(files, BUNDLE_FILES.header);
  const header = readHeader(text);
  if (text === undefined || header === undefined) throw new BundleRefused('no-bundle');
  const checkpoint = parseCheckpoint((await textFile(files, BUNDLE_FILES.checkpoint)) ?? '');
  const statement = parseNote((await textFile(files, BUNDLE_FILES.statement)) ?? '');
  if (checkpoint === undefined || statement === undefined) throw new BundleRefused('unsigned');
  const keys = await keysOf(given === undefined ? header.vkeys : [given], header, crypto);
  if (given !== undefined && keys.length === 0) throw new BundleRefused('vkey-unreadable');
  const signature = await stateOf(checkpoint.note, checkpoint.origin, keys, crypto);
  const isOfHeader = statement.text === statementText(hex(await crypto.sha256(utf8(text))));
  const isOfCheckpoint =
    header.size === checkpoint.size &&
    header.root === base64(checkpoint.root) &&
    header.origin === checkpoint.origin;
  const isWrong = !isOfHeader || !isOfCheckpoint;
  return {
    header,
    checkpoint,
    vkey: given ?? header.vkeys[0] ?? '',
    keys,
    signature,
    statement: isWrong ? 'wrong' : await stateOf(statement, header.origin, keys, crypto),
  };
}

/** The keys that are trusted, and those that they announce or are announced by. */
export async function keysOf(
  vkeys: readonly string[],
  { announcements }: Pick<BundleHeader, 'announcements'>,
  crypto: Cryptography,
): Promise<readonly NoteKey[]> {
  const keys: NoteKey[] = [];
  for (const vkey of vkeys) {
    const trusted = await parseVkey(vkey, crypto);
    if (trusted?.type !== 'ed25519') continue;
    keys.push(...(await keysOfLog(trusted, announcements, crypto)));
  }
  return keys;
}

/** Of keys of one name any may have signed; one signature that does not verify condemns the note. */
export async function stateOf(
  note: SignedNote,
  origin: string,
  keys: readonly NoteKey[],
  crypto: Cryptography,
): Promise<SignatureState> {
  let state: SignatureState = 'missing';
  for (const key of keys.filter(({ name }) => name === origin)) {
    const signed = await signedBy(note, key, crypto);
    if (signed === 'wrong') return 'wrong';
    if (signed !== 'missing') state = 'good';
  }
  return state;
}
