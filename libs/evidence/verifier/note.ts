import { base64, fromBase64, joined, sameBytes, utf8, type Bytes } from './bytes.js';
import type { Cryptography } from './cryptography.js';

/** Signature types of c2sp.org/signed-note and c2sp.org/tlog-cosignature that are read here. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = keyof typeof SIGNATURE_TYPES;

/** A public key that notes are verified with. */
export interface NoteKey {
  /** Not empty, without white space and `+`. */
  readonly name: string;
  readonly type: SignatureType;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Bytes;
}

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Bytes;
  readonly signature: Bytes;
}

/** A signed note, read and not verified. */
export interface SignedNote {
  /** With its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const DASH = '\u2014';
const NAME = /^[^\s+\p{Cc}]+$/u;
// eslint-disable-next-line no-control-regex -- c2sp.org/signed-note: no control character but newline
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const MAX_SIGNATURES = 64;
const KEY_ID_BYTES = 4;

/** Whether a text can be a key's name: not empty, without white space, control characters and `+`. */
export function isNoteName(text: string): boolean {
  return NAME.test(text);
}

/** Reads a signed note (c2sp.org/signed-note); undefined where it is none. */
export function parseNote(note: string): SignedNote | undefined {
  if (CONTROL.test(note) || !note.isWellFormed()) return undefined;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return undefined;
  const lines = note.slice(split + 2).split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES) return undefined;
  const signatures = lines.map(parseSignature);
  if (!signatures.every((one) => one !== undefined)) return undefined;
  return { text: note.slice(0, split + 1), signatures };
}

/** Reads one signature line, without its newline; undefined where it is none. */
export function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name, encoded, ...rest] = line.split(' ');
  if (dash !== DASH || name === undefined || encoded === undefined || rest.length > 0) {
    return undefined;
  }
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES || !isNoteName(name)) return undefined;
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES) };
}

/** A signature as a line of a note, with its newline. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `${DASH} ${name} ${base64(joined(keyId, signature))}\n`;
}

/** The 4 bytes that name a key in a note (c2sp.org/signed-note). */
export async function keyIdOf(key: NoteKey, crypto: Cryptography): Promise<Bytes> {
  const named = joined(utf8(`${key.name}\n`), typed(key));
  return (await crypto.sha256(named)).slice(0, KEY_ID_BYTES);
}

/** A key in the form that people hand on: `name+id+base64` (c2sp.org/signed-note, "Verifier keys"). */
export async function vkeyOf(key: NoteKey, crypto: Cryptography): Promise<string> {
  const id = Array.from(await keyIdOf(key, crypto), (byte) => byte.toString(16).padStart(2, '0'));
  return `${key.name}+${id.join('')}+${base64(typed(key))}`;
}

/** Reads a {@link vkeyOf}; undefined where it is none, or its id is not that of its key. */
export async function parseVkey(vkey: string, crypto: Cryptography): Promise<NoteKey | undefined> {
  const [, name, , encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? [];
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  if (name === undefined || bytes?.length !== 33 || !isNoteName(name)) return undefined;
  const type = typeOf(bytes[0]);
  if (type === undefined) return undefined;
  const key = { name, type, publicKey: bytes.slice(1) };
  return (await vkeyOf(key, crypto)) === vkey ? key : undefined;
}

/** What a key says of a note. */
export type Signed =
  /** There is no signature of the key. */
  | 'missing'
  /** There is one, and it is not of this text. */
  | 'wrong'
  /** It is of this text; a cosignature says when, in seconds since 1970. */
  | { readonly at?: number };

/** What a key has to say of a note. One signature that does not verify condemns it. */
export async function signedBy(
  note: SignedNote,
  key: NoteKey,
  crypto: Cryptography,
): Promise<Signed> {
  const id = await keyIdOf(key, crypto);
  const own = note.signatures.filter(
    ({ name, keyId }) => name === key.name && sameBytes(keyId, id),
  );
  let newest: Signed = 'missing';
  for (const { signature } of own) {
    const signed = await verified(note.text, key, signature, crypto);
    if (signed === undefined) return 'wrong';
    newest = signed;
  }
  return newest;
}

async function verified(
  text: string,
  { type, publicKey }: NoteKey,
  signature: Bytes,
  crypto: Cryptography,
): Promise<{ readonly at?: number } | undefined> {
  if (type === 'ed25519') {
    const isGood = await crypto.ed25519(publicKey, utf8(text), signature);
    return isGood ? {} : undefined;
  }
  const at = timeIn(signature);
  if (at === undefined) return undefined;
  const message = cosignedMessage(text, at);
  return (await crypto.ed25519(publicKey, message, signature.slice(8))) ? { at } : undefined;
}

/**
 * What a cosigner signs of a checkpoint (c2sp.org/tlog-cosignature).
 * @param at seconds since 1970
 */
export function cosignedMessage(text: string, at: number): Bytes {
  return utf8(`cosignature/v1\ntime ${String(at)}\n${text}`);
}

/** A cosignature's bytes: its time, then the signature. */
export function timestamped(at: number, signature: Bytes): Bytes {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(at));
  return joined(time, signature);
}

function timeIn(signature: Bytes): number | undefined {
  if (signature.length !== 72) return undefined;
  const view = new DataView(signature.buffer, signature.byteOffset, 8);
  const at = Number(view.getBigUint64(0));
  return Number.isSafeInteger(at) ? at : undefined;
}

function typed({ type, publicKey }: NoteKey): Bytes {
  return joined(Uint8Array.of(SIGNATURE_TYPES[type]), publicKey);
}

function typeOf(byte: number | undefined): SignatureType | undefined {
  if (byte === SIGNATURE_TYPES.ed25519) return 'ed25519';
  return byte === SIGNATURE_TYPES.cosignature ? 'cosignature' : undefined;
}
