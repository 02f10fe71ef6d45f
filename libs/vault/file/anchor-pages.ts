import { open } from 'node:fs/promises';

import { decodeLine, unreadable, type AnchorLine } from './anchor-lines.js';
import { onFiles, statOf } from './files.js';

/** The part of the ledger that the file is, as in `Outage`. */
export const PART = 'anchor';
export const PAGE_BYTES = 64 * 1_024;
const NEWLINE = 0x0a;

/** Some lines of the file, and where in it the next one begins. */
export interface LinePage {
  readonly lines: readonly AnchorLine[];
  readonly end: number;
}

/**
 * Whole lines from where one begins; a torn last one is left out. None where there is no file.
 * @throws IntegrityError `anchor-unreadable`, also where the first is not the ledger's, or another is
 */
export async function* linesOf(file: string, from = 0): AsyncIterable<LinePage> {
  if ((await onFiles(PART, () => statOf(file))) === undefined) return;
  const handle = await onFiles(PART, () => open(file, 'r'));
  try {
    let rest = Buffer.alloc(0);
    let isFirst = from === 0;
    for (let at = from; ;) {
      const buffer = Buffer.alloc(PAGE_BYTES);
      const { bytesRead } = await onFiles(PART, () => handle.read(buffer, 0, PAGE_BYTES, at));
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const whole = bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.subarray(whole);
      if (whole === 0) continue;
      const lines = decoded(bytes.subarray(0, whole));
      for (const { kind } of lines) {
        if ((kind === 'ledger') !== isFirst) throw unreadable();
        isFirst = false;
      }
      yield { lines, end: at - rest.length };
    }
  } finally {
    await handle.close();
  }
}

function decoded(bytes: Buffer): AnchorLine[] {
  return bytes.toString('utf8').slice(0, -1).split('\n').map(decodeLine);
}
