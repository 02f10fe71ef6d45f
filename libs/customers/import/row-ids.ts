import { createHmac } from 'node:crypto';

import type { CommandId, SubjectId } from '#kernel';
import { derivedId, uuidAs } from '#kernel';

/** Name of the vault's secret that row ids are made under. */
export const IMPORT_SECRET = 'import';

/**
 * Ids of rows. A row has the same id at every import, and an id tells nothing of its row's key
 * without the import key: customer numbers could be guessed from a bare hash.
 */
export class RowIds {
  readonly #key: Buffer;

  /** @param key the import key, 32 bytes; kept, and gone with {@link clear} */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Id of a row, and of the first command that it gives: a UUIDv8 (RFC 9562, section 5.8). */
  row(kind: 'customers' | 'invoices', source: string, key: string): CommandId {
    const text = JSON.stringify([kind, source, key]);
    const bytes = createHmac('sha256', this.#key).update(text).digest().subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    const uuid = [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join('-');
    return uuidAs<CommandId>(uuid, 'row');
  }

  /** The customer that a row of customers registers. */
  customer(source: string, key: string): SubjectId {
    return derivedId<SubjectId>(this.row('customers', source, key), 'mint:customer');
  }

  /** Stands for a value that may come once in a file; tells nothing of it. */
  value(name: string, value: string): string {
    return this.row('customers', `:${name}`, value.normalize('NFC'));
  }

  /** Forgets the key; there are no more ids to be had. */
  clear(): void {
    this.#key.fill(0);
  }
}
