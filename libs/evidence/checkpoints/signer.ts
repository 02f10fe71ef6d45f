import {
  checkpointText,
  keyIdOf,
  NEXT_KEY,
  signatureLine,
  vkeyOf,
  type Bytes,
  type Checkpoint,
  type NoteKey,
} from '../verifier/index.js';
import { nodeCryptography } from '../node-cryptography.js';

/** Signs notes; its key's name is the origin under which it does. */
export interface NoteSigner {
  readonly key: NoteKey;
  /** Ed25519 (RFC 8032): 64 bytes. */
  sign(message: Bytes): Bytes;
}

/**
 * A checkpoint as the signed note that it becomes.
 * @param next the key that takes the place of the signer's: announced, and signing too
 */
export async function signCheckpoint(
  head: Omit<Checkpoint, 'extensions' | 'origin'>,
  signer: NoteSigner,
  next?: NoteSigner,
): Promise<string> {
  const origin = signer.key.name;
  const extensions =
    next === undefined ? [] : [`${NEXT_KEY} ${await vkeyOf(next.key, nodeCryptography)}`];
  const text = checkpointText({ ...head, origin, extensions });
  const signers = next === undefined ? [signer] : [signer, next];
  return signNote(text, ...signers);
}

/** A text as a note that each of the signers has signed (c2sp.org/signed-note). */
export async function signNote(text: string, ...signers: readonly NoteSigner[]): Promise<string> {
  const lines = await Promise.all(signers.map((one) => signed(text, one)));
  return `${text}\n${lines.join('')}`;
}

async function signed(text: string, signer: NoteSigner): Promise<string> {
  const keyId = await keyIdOf(signer.key, nodeCryptography);
  const signature = signer.sign(Buffer.from(text));
  return signatureLine({ name: signer.key.name, keyId, signature });
}
