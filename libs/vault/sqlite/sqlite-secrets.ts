import { randomBytes } from 'node:crypto';

import { derivedId, type KeyId, type LedgerId } from '#kernel';
import { truncateWal, type Statement } from '#sqlite-file';

import type { SecretStore } from '../port.js';
import { KEY_BYTES } from '../sealing.js';
import { unwrapKey, wrapKey } from '../wrapping.js';
import { CurrentKekGuard, underCurrentKek, type Engine } from './engine.js';
import { reading } from './reading.js';
import { PART } from './schema.js';

interface Row {
  readonly kek: number;
  readonly wrapped: Uint8Array;
}

/** Named secrets in the vault's SQLite file, wrapped as keys are. */
export class SqliteSecrets implements SecretStore {
  readonly #guard: CurrentKekGuard;
  readonly #byName: Statement<Row>;
  readonly #insert: Statement<never>;
  readonly #delete: Statement<never>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    this.#guard = new CurrentKekGuard(writer);
    this.#byName = reader.prepare('SELECT kek, wrapped FROM secrets WHERE name = ?');
    this.#insert = writer.prepare(
      'INSERT INTO secrets (name, kek, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#delete = writer.prepare('DELETE FROM secrets WHERE name = ?');
  }

  async secret(name: string): Promise<Buffer> {
    for (;;) {
      const row = reading(() => this.#byName.get(name));
      if (row !== undefined) return this.#unwrap(name, row);
      await this.#make(name);
    }
  }

  async destroySecret(name: string): Promise<void> {
    await this.engine.commit.run(() => this.#delete.run(name));
    await truncateWal(this.engine.writer, PART, this.engine.checkpointLimitMillis);
  }

  async #unwrap(name: string, row: Row): Promise<Buffer> {
    await this.engine.keks.load([row.kek]);
    const kek = this.engine.keks.held(row.kek);
    const place = { ...secretPlace(this.engine, name), kek: kek.id };
    return unwrapKey(kek.key, place, row.wrapped);
  }

  async #make(name: string): Promise<void> {
    await underCurrentKek(this.engine.keks, async () => {
      const { number } = await this.engine.keks.current();
      const kek = this.engine.keks.held(number);
      const secret = randomBytes(KEY_BYTES);
      const wrapped = wrapKey(kek.key, { ...secretPlace(this.engine, name), kek: kek.id }, secret);
      secret.fill(0);
      await this.engine.commit.run(() => {
        this.#guard.assert(number);
        this.#insert.run(name, number, wrapped);
      });
    });
  }
}

/** Binds a wrapped secret to its name: the id in its context is derived from that. */
export function secretPlace(engine: Engine, name: string): { ledger: LedgerId; key: KeyId } {
  const ledger = engine.ledger.get();
  return { ledger, key: derivedId<KeyId>(ledger, `secret:${name}`) };
}
