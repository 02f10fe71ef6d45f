import { joined, textOf, type Bytes } from '../bytes.js';
import type { Cryptography } from '../cryptography.js';

/** Files of a bundle, wherever it is. */
export interface BundleFiles {
  /**
   * The bytes of a file, in pieces; undefined where there is none of that name.
   * Reading throws {@link BundleUnreadable} where what holds the file is damaged.
   */
  open(name: string): Promise<AsyncIterable<Bytes> | undefined>;
}

/** What holds the bundle's files is damaged, or is nothing that files can be in. */
export class BundleUnreadable extends Error {
  override readonly name = 'BundleUnreadable';
}

/** Cryptography, and hashes of what is too long to be held at once, as far as that can be helped. */
export interface BundleCryptography extends Cryptography {
  /** SHA-256 over pieces one after another. */
  digest(pieces: AsyncIterable<Bytes>): Promise<Bytes>;
}

/** Far above what any file has that is read whole. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file as a whole; undefined where there is none. @throws BundleUnreadable above `most` bytes */
export async function wholeFile(
  files: BundleFiles,
  name: string,
  most = MOST_BYTES,
): Promise<Bytes | undefined> {
  const pieces = await files.open(name);
  if (pieces === undefined) return undefined;
  const read: Bytes[] = [];
  let length = 0;
  for await (const piece of pieces) {
    length += piece.length;
    if (length > most) throw new BundleUnreadable(`${name} is too large`);
    read.push(piece);
  }
  return joined(...read);
}

/** A file's text; undefined where there is none, or it is no UTF-8. */
export async function textFile(files: BundleFiles, name: string): Promise<string | undefined> {
  const bytes = await wholeFile(files, name);
  return bytes === undefined ? undefined : textOf(bytes);
}
