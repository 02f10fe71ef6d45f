import { joined, textOf, type Bytes } from '../bytes.js';
import { readCopy } from './read-copy.js';

const LATIN = new TextDecoder('latin1');
/** Of a file of its own in a PDF: the end of its dictionary, and the beginning of its bytes. */
const EMBEDDED = /\/Type\s*\/EmbeddedFile\b([^]{0,2000}?)>>\s*stream\r?\n/g;
const LENGTH = /\/Length (\d{1,8})\b/;
const MOST_PDF = 32 * 1024 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;

/** Whether bytes begin as a PDF does. */
export function isPdf(start: Bytes): boolean {
  return LATIN.decode(start.subarray(0, 5)) === '%PDF-';
}

/** Whether bytes begin as a JSON object does. */
export function isJson(start: Bytes): boolean {
  return LATIN.decode(start.subarray(0, 16)).trimStart().startsWith('{');
}

/**
 * The text of the copy that is attached to a PDF; undefined where there is none. Nothing is believed of
 * the PDF: what is found in it carries its own signature. Attachments of other programs, which may lie in
 * streams of objects, are not looked for.
 */
export async function copyInPdf(pdf: Bytes): Promise<string | undefined> {
  if (pdf.length > MOST_PDF || !isPdf(pdf)) return undefined;
  const text = LATIN.decode(pdf);
  for (const found of text.matchAll(EMBEDDED)) {
    const [all, dictionary = ''] = found;
    const length = Number(LENGTH.exec(dictionary)?.[1]);
    const start = found.index + all.length;
    if (!Number.isSafeInteger(length)) continue;
    const bytes = pdf.subarray(start, start + length);
    const isPacked = dictionary.includes('/FlateDecode');
    const copy = textOf((isPacked ? await inflated(bytes) : bytes) ?? new Uint8Array(0));
    if (copy !== undefined && readCopy(copy) !== undefined) return copy;
  }
  return undefined;
}

/** Undefined where it is damaged, or more than any copy has. */
async function inflated(packed: Bytes): Promise<Bytes | undefined> {
  const stream = new DecompressionStream('deflate');
  const writer = stream.writable.getWriter();
  const feed = async () => {
    await writer.write(new Uint8Array(packed));
    await writer.close();
  };
  // What goes wrong while it is fed, the reading end throws.
  const fed = feed().catch(() => undefined);
  const reader = stream.readable.getReader();
  const parts: Bytes[] = [];
  let length = 0;
  try {
    for (;;) {
      const { value } = (await reader.read()) as { readonly value?: unknown };
      if (!(value instanceof Uint8Array)) return joined(...parts);
      length += value.length;
      if (length > MOST_BYTES) return undefined;
      parts.push(value);
    }
  } catch {
    return undefined;
  } finally {
    await reader.cancel().catch(() => undefined);
    await fed;
  }
}
