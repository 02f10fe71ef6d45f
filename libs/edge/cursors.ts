import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import { isJsonObject } from '#kernel';
import type { JsonObject } from '#kernel';

import { Problem } from './problem.js';

const NONCE = 12;
const TAG = 16;

/** A row's place in a sorted list: what it is sorted by, and its id where that is the same. */
export interface Place {
  readonly value: string | number;
  readonly id: string;
}

/**
 * Opaque places in a list. A cursor is sealed with AES-256-GCM for one list: nothing can be read from
 * it, and one that was changed or comes from another list is refused.
 */
export class Cursors {
  /** @param key 32 bytes, the ledger's own */
  constructor(private readonly key: Buffer) {}

  /** Where a page of a sorted list begins; nothing for the first. @throws Problem `cursor` */
  after(list: string, cursor: string | undefined): { readonly after?: Place } {
    const place = this.open(list, cursor);
    if (place === undefined) return {};
    const { value, id } = place;
    const isPlace = typeof value === 'string' || typeof value === 'number';
    // Sealed for this list, and yet not a place of it: by an older program.
    if (!isPlace || typeof id !== 'string') throw notOurs();
    return { after: { value, id } };
  }

  /** The cursor of the next page, which a page that is not full has none of. */
  next<Row>(
    list: string,
    { rows, limit }: { readonly rows: readonly Row[]; readonly limit: number },
    placeOf: (last: Row) => Place,
  ): { readonly cursor?: string } {
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return last === undefined ? {} : { cursor: this.seal(list, { ...placeOf(last) }) };
  }

  /** Seals a place in a list. */
  seal(list: string, place: JsonObject): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(list));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(place), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** The place in a list; undefined without a cursor. @throws Problem `cursor` */
  open(list: string, cursor: string | undefined): JsonObject | undefined {
    if (cursor === undefined) return undefined;
    try {
      const bytes = Buffer.from(cursor, 'base64url');
      const nonce = bytes.subarray(0, NONCE);
      const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG });
      decipher.setAAD(Buffer.from(list)).setAuthTag(bytes.subarray(-TAG));
      const text = decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8');
      const place: unknown = JSON.parse(text + decipher.final('utf8'));
      if (isJsonObject(place)) return place;
    } catch {
      // Whatever is wrong with it, it is not one of ours.
    }
    throw notOurs();
  }
}

function notOurs(): Problem {
  return new Problem('cursor', 'The cursor is not one that this list has given.');
}
