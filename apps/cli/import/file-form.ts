import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';

import type { Delimiter, Encoding } from '#customers';
import { DELIMITERS } from '#customers';
import { errorCode, InvalidInput } from '#kernel';

/** How a file is written, and how much of it there is. */
export interface FileForm {
  readonly encoding: Exclude<Encoding, 'auto'>;
  readonly delimiter: Exclude<Delimiter, 'auto'>;
  /** Lines with something after them or on them; rows may span several. */
  readonly lines: number;
}

const NEWLINE = 0x0a;
const HEAD_BYTES = 64 * 1024;

/**
 * Reads a file once to find out how it is written: UTF-8 where all of it is valid UTF-8, else
 * Windows-1252; the delimiter that its first line has most of.
 * @throws InvalidInput where it cannot be read, is empty, or is UTF-16
 */
export async function fileForm(
  path: string,
  asked: { readonly encoding: Encoding; readonly delimiter: Delimiter },
): Promise<FileForm> {
  const seen = await scan(path);
  const encoding = asked.encoding === 'auto' ? seen.encoding : asked.encoding;
  if (encoding === 'utf-8' && seen.encoding !== 'utf-8') {
    throw new InvalidInput('FILE', 'encoding', 'is not valid UTF-8');
  }
  const [head] = new TextDecoder(encoding).decode(seen.head).split(/\r?\n/, 1);
  const delimiter = asked.delimiter === 'auto' ? delimiterOf(head ?? '') : asked.delimiter;
  return { encoding, delimiter, lines: seen.lines };
}

async function scan(path: string) {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const head: Buffer[] = [];
  let bytes = 0;
  let lines = 0;
  let last = NEWLINE;
  let isUtf8 = true;
  for await (const chunk of chunksOf(path)) {
    if (bytes < HEAD_BYTES) head.push(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines++;
    last = chunk.at(-1) ?? last;
    isUtf8 &&= decodes(utf8, chunk, true);
  }
  isUtf8 &&= decodes(utf8, Buffer.alloc(0), false);
  const start = Buffer.concat(head).subarray(0, HEAD_BYTES);
  if (bytes === 0) throw new InvalidInput('FILE', 'empty', 'is empty');
  if (isUtf16(start)) throw new InvalidInput('FILE', 'encoding', 'is UTF-16: save it as UTF-8');
  const encoding: FileForm['encoding'] = isUtf8 ? 'utf-8' : 'windows-1252';
  return { head: start, encoding, lines: last === NEWLINE ? lines : lines + 1 };
}

/** The bytes of a file in chunks. @throws InvalidInput where it cannot be read */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      yield chunk as Buffer;
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new InvalidInput('FILE', 'unreadable', `cannot be read (${code})`);
  }
}

function decodes(decoder: TextDecoder, chunk: Buffer, isMore: boolean): boolean {
  try {
    decoder.decode(chunk, { stream: isMore });
    return true;
  } catch {
    return false;
  }
}

function isUtf16(head: Buffer): boolean {
  const [first, second] = head;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function delimiterOf(head: string): FileForm['delimiter'] {
  const bare = head.replace(/"[^"]*"/g, '');
  let best: FileForm['delimiter'] = ',';
  let most = 0;
  for (const sign of DELIMITERS) {
    if (sign === 'auto') continue;
    const count = bare.split(sign).length - 1;
    if (count > most) [best, most] = [sign, count];
  }
  return best;
}
