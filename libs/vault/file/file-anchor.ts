import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { faultPoint, IntegrityError, Outage, type LedgerId } from '#kernel';

import type { Anchor, AnchoredKey } from '../anchor.js';
import { decodeLine, encodeLine, unreadable, type AnchorLine } from './anchor-lines.js';
import { healTornLine } from './anchor-healing.js';
import { makePrivateFolder, onFiles, statOf, syncFolder } from './files.js';

const PART = 'anchor';
const PAGE_BYTES = 64 * 1_024;
const NEWLINE = 0x0a;

/** Opens the anchor file; `claim` makes it. */
export async function openFileAnchor(file: string): Promise<Anchor> {
  return new FileAnchor(file);
}

/**
 * The anchor as a file that is only ever appended to. A last line that a crash has torn was never
 * acknowledged, and is cut off before the next is written; anything else unreadable is refused.
 */
class FileAnchor implements Anchor {
  /** Appends of this process, one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {}

  async ledgerId(): Promise<LedgerId | undefined> {
    return onFiles(PART, async () => {
      for await (const page of this.#pages()) {
        for (const line of page) return ledgerOf(line);
      }
      return undefined;
    });
  }

  async claim(ledger: LedgerId): Promise<void> {
    await this.#inTurn(async () => {
      await makePrivateFolder(dirname(this.file));
      await healTornLine(this.file);
      const standing = await this.ledgerId();
      if (standing === ledger) return;
      if (standing !== undefined) {
        throw new IntegrityError('ledger-id-differs', 'the anchor belongs to another ledger');
      }
      await this.#append([{ kind: 'ledger', ledger }]);
      await syncFolder(dirname(this.file));
    });
  }

  async recordDestroyed(keys: readonly AnchoredKey[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#inTurn(async () => {
      await healTornLine(this.file);
      if ((await this.ledgerId()) === undefined) {
        throw new IntegrityError('anchor-unclaimed', 'the anchor has no ledger');
      }
      await this.#append(keys.map((key) => ({ kind: 'destroyed', key })));
    });
  }

  async *destroyed(): AsyncIterable<readonly AnchoredKey[]> {
    let first = true;
    for await (const page of this.#pages()) {
      if (first) ledgerOf(page[0]);
      const keys = (first ? page.slice(1) : page).map((line) => {
        if (line.kind !== 'destroyed') throw unreadable();
        return line.key;
      });
      first = false;
      if (keys.length > 0) yield keys;
    }
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => onFiles(PART, work));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** One write, on the disk and read back before it counts. */
  async #append(lines: readonly AnchorLine[]): Promise<void> {
    const bytes = Buffer.from(lines.map(encodeLine).join(''), 'utf8');
    faultPoint('anchor.before-append');
    const handle = await open(this.file, 'a+', 0o600);
    try {
      const { bytesWritten } = await handle.write(bytes);
      await handle.sync();
      if (bytesWritten !== bytes.length || !(await endsWith(handle, bytes))) {
        throw new Outage(PART, 'not written whole');
      }
    } finally {
      await handle.close();
    }
    faultPoint('anchor.after-append');
  }

  /** Whole lines from the first on; a torn last one is left out. */
  async *#pages(): AsyncIterable<readonly AnchorLine[]> {
    if ((await onFiles(PART, () => statOf(this.file))) === undefined) return;
    const handle = await onFiles(PART, () => open(this.file, 'r'));
    try {
      let rest = Buffer.alloc(0);
      for (let at = 0; ;) {
        const buffer = Buffer.alloc(PAGE_BYTES);
        const { bytesRead } = await onFiles(PART, () => handle.read(buffer, 0, PAGE_BYTES, at));
        if (bytesRead === 0) return;
        at += bytesRead;
        const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(NEWLINE) + 1;
        rest = bytes.subarray(end);
        if (end > 0) yield linesOf(bytes.subarray(0, end));
      }
    } finally {
      await handle.close();
    }
  }
}

function linesOf(bytes: Buffer): AnchorLine[] {
  return bytes.toString('utf8').slice(0, -1).split('\n').map(decodeLine);
}

function ledgerOf(line: AnchorLine | undefined): LedgerId {
  if (line?.kind !== 'ledger') throw unreadable();
  return line.ledger;
}

/**
 * Whether what was appended stands in the file. Another process may have appended after it, so it is
 * looked for in what has come since the file was that much shorter.
 */
async function endsWith(handle: FileHandle, bytes: Buffer): Promise<boolean> {
  const { size } = await handle.stat();
  const span = Math.min(size, bytes.length * 2 + PAGE_BYTES);
  const tail = Buffer.alloc(span);
  await handle.read(tail, 0, span, size - span);
  return tail.includes(bytes);
}
