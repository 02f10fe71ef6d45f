import { textOf, type Bytes } from '../bytes.js';
import { BundleUnreadable, type BundleFiles } from './files.js';

/** Bytes that can be read from anywhere within. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from one place up to another. */
  slice(from: number, to: number): Promise<Bytes>;
}

/** One file of a zip (PKWARE APPNOTE.TXT, section 4.3). */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  /** Where its local header is. */
  readonly at: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
/** A comment after the end is no longer than this. */
const MOST_COMMENT = 65_535;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const MOST_CENTRAL = 256 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;
const PIECE = 1024 * 1024;

/** Whether bytes begin as a zip does. */
export function isZip(start: Bytes): boolean {
  return start.length >= 4 && viewOf(start).getUint32(0, true) === LOCAL;
}

/**
 * The files of a bundle in a zip, at its top or in one folder. Stored and deflated files are read, a
 * file larger than 4 GB is not.
 * @throws BundleUnreadable where it is no zip
 */
export async function filesInZip(source: ByteSource): Promise<BundleFiles> {
  const entries = await entriesOf(source);
  const prefix = prefixOf(entries.map(({ name }) => name));
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    open: async (name) => {
      const entry = byName.get(`${prefix}${name}`);
      return entry === undefined ? undefined : contentOf(source, entry);
    },
  };
}

/** The folder of the bundle among names of files: where the topmost header is. */
export function prefixOf(names: readonly string[]): string {
  const header = 'bundle.json';
  const headers = names.filter((name) => name === header || name.endsWith(`/${header}`));
  const [top = header] = headers.sort((one, other) => one.length - other.length);
  return top.slice(0, top.length - header.length);
}

async function entriesOf(source: ByteSource): Promise<readonly Entry[]> {
  const from = Math.max(0, source.size - END_BYTES - MOST_COMMENT);
  const tail = await source.slice(from, source.size);
  const end = endIn(tail);
  if (end === undefined) throw new BundleUnreadable('is no zip');
  const view = viewOf(tail);
  const size = view.getUint32(end + 12, true);
  const at = view.getUint32(end + 16, true);
  if (size > MOST_CENTRAL || at + size > source.size) throw new BundleUnreadable('is no zip');
  return entriesIn(await source.slice(at, at + size));
}

/** Where the end of the central directory begins: the last place that can be one. */
function endIn(tail: Bytes): number | undefined {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  return undefined;
}

function entriesIn(directory: Bytes): readonly Entry[] {
  const view = viewOf(directory);
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length;) {
    const isWhole = at + CENTRAL_BYTES <= directory.length;
    if (!isWhole || view.getUint32(at, true) !== CENTRAL) {
      throw new BundleUnreadable('the directory of the zip is damaged');
    }
    const name = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const nameAt = at + CENTRAL_BYTES;
    entries.push({
      name: textOf(directory.subarray(nameAt, nameAt + name)) ?? '',
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at = nameAt + name + rest;
  }
  return entries;
}

async function* contentOf(source: ByteSource, entry: Entry): AsyncGenerator<Bytes, void, void> {
  const local = await source.slice(entry.at, entry.at + LOCAL_BYTES);
  const view = viewOf(local);
  if (local.length < LOCAL_BYTES || view.getUint32(0, true) !== LOCAL) {
    throw new BundleUnreadable(`${entry.name} is damaged`);
  }
  const start = entry.at + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
  const end = start + entry.packed;
  if (end > source.size) throw new BundleUnreadable(`${entry.name} is cut short`);
  const pieces = piecesOf(source, start, end);
  if (entry.method === STORED) yield* pieces;
  else if (entry.method === DEFLATED) yield* inflated(pieces, entry);
  else throw new BundleUnreadable(`${entry.name} is packed in a way that is not known here`);
}

/** Bytes in pieces of a size that is easily held. */
export async function* piecesOf(
  source: ByteSource,
  from = 0,
  to = source.size,
): AsyncGenerator<Bytes, void, void> {
  for (let at = from; at < to; at += PIECE) yield source.slice(at, Math.min(to, at + PIECE));
}

/** Gives no more than the directory says: a small zip may claim to be anything when it is unpacked. */
async function* inflated(
  pieces: AsyncIterable<Bytes>,
  { name, size }: Entry,
): AsyncGenerator<Bytes, void, void> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const feed = async () => {
    for await (const piece of pieces) await writer.write(new Uint8Array(piece));
    await writer.close();
  };
  // What goes wrong while it is fed, the reading end throws.
  const fed = feed().catch(() => undefined);
  const reader = stream.readable.getReader();
  let left = size;
  try {
    for (;;) {
      const { value } = (await reader.read()) as { readonly value?: unknown };
      if (!(value instanceof Uint8Array)) break;
      left -= value.length;
      if (left < 0) break;
      yield value;
    }
  } catch {
    throw new BundleUnreadable(`${name} is damaged`);
  } finally {
    await reader.cancel().catch(() => undefined);
    await fed;
  }
  if (left !== 0) throw new BundleUnreadable(`${name} is damaged`);
}

function viewOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
