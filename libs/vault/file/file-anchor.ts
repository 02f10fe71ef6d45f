import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { faultPoint, IntegrityError, Outage, type LedgerId } from '#kernel';

import type { Anchor, AnchoredKey } from '../anchor.js';
import { assertHead, assertRestoredLog, type RestoredLog, type SignedHead } from '../heads.js';
import { ClaimedHeads } from './anchor-heads.js';
import { encodeLine, type AnchorLine } from './anchor-lines.js';
import { healTornLine } from './anchor-healing.js';
import { linesOf, PAGE_BYTES, PART } from './anchor-pages.js';
import { makePrivateFolder, onFiles, syncFile, syncFolder } from './files.js';

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
  readonly #heads: ClaimedHeads;

  constructor(private readonly file: string) {
    this.#heads = new ClaimedHeads(file);
  }

  async ledgerId(): Promise<LedgerId | undefined> {
    for await (const { lines } of linesOf(this.file)) {
      for (const line of lines) return line.kind === 'ledger' ? line.ledger : undefined;
    }
    return undefined;
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
      await this.#prepare();
      await this.#append(keys.map((key) => ({ kind: 'destroyed', key })));
    });
  }

  async *destroyed(): AsyncIterable<readonly AnchoredKey[]> {
    for await (const { lines } of linesOf(this.file)) {
      const keys = lines.flatMap((line) => (line.kind === 'destroyed' ? [line.key] : []));
      if (keys.length > 0) yield keys;
    }
  }

  /** What another process has claimed may not be on the disk yet: it is before it counts here. */
  async claimHead(head: SignedHead): Promise<SignedHead> {
    assertHead(head);
    return this.#inTurn(async () => {
      await this.#prepare();
      const standing = await this.#heads.first(head);
      if (standing !== undefined) {
        await syncFile(this.file);
        return standing;
      }
      await this.#append([{ kind: 'head', head }]);
      const claimed = await this.#heads.first(head);
      if (claimed === undefined) throw notWritten();
      return claimed;
    });
  }

  async lastHead(origin: string): Promise<SignedHead | undefined> {
    return this.#heads.last(origin);
  }

  /** As with a head: what another process has written may not be on the disk yet. */
  async recordRestored(restored: RestoredLog): Promise<RestoredLog> {
    assertRestoredLog(restored);
    return this.#inTurn(async () => {
      await this.#prepare();
      const isOf = ({ origin }: RestoredLog) => origin === restored.origin;
      const standing = (await this.restored()).find(isOf);
      if (standing !== undefined) {
        await syncFile(this.file);
        return standing;
      }
      await this.#append([{ kind: 'restored', restored }]);
      const noted = (await this.restored()).find(isOf);
      if (noted === undefined) throw notWritten();
      return noted;
    });
  }

  async restored(): Promise<readonly RestoredLog[]> {
    const byOrigin = new Map<string, RestoredLog>();
    for await (const { lines } of linesOf(this.file)) {
      for (const line of lines) {
        if (line.kind !== 'restored' || byOrigin.has(line.restored.origin)) continue;
        byOrigin.set(line.restored.origin, line.restored);
      }
    }
    return [...byOrigin.values()];
  }

  /** The file is open only while it is read or written. */
  async close(): Promise<void> {
    await this.#last;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(() => onFiles(PART, work));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** What every append but the first begins with. */
  async #prepare(): Promise<void> {
    await healTornLine(this.file);
    if ((await this.ledgerId()) === undefined) {
      throw new IntegrityError('anchor-unclaimed', 'the anchor has no ledger');
    }
  }

  /** One write, on the disk and read back before it counts. */
  async #append(lines: readonly AnchorLine[]): Promise<void> {
    const bytes = Buffer.from(lines.map(encodeLine).join(''), 'utf8');
    faultPoint('anchor.before-append');
    const handle = await open(this.file, 'a+', 0o600);
    try {
      const { bytesWritten } = await handle.write(bytes);
      await handle.sync();
      if (bytesWritten !== bytes.length || !(await endsWith(handle, bytes))) throw notWritten();
    } finally {
      await handle.close();
    }
    faultPoint('anchor.after-append');
  }
}

function notWritten(): Outage {
  return new Outage(PART, 'not written whole');
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
