import {
  checkpointText,
  keyIdOf,
  signatureLine,
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

/** A checkpoint as the signed note that it becomes. */
export async function signCheckpoint(
  head: Omit<Checkpoint, 'extensions' | 'origin'>,
  signer: NoteSigner,
): Promise<string> {
  const { key } = signer;
  const text = checkpointText({ ...head, origin: key.name, extensions: [] });
  const keyId = await keyIdOf(key, nodeCryptography);
  const signature = signer.sign(Buffer.from(text));
  return `${text}\n${signatureLine({ name: key.name, keyId, signature })}`;
}
