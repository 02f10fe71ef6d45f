import type { KeyId } from '#kernel';
import type { Statement } from '#sqlite-file';

import { unwrapKey, wrapKey, type WrapContext } from '../wrapping.js';
import { CurrentKekGuard, type Engine } from './engine.js';
import { reading } from './reading.js';
import { secretPlace } from './sqlite-secrets.js';
import { uuidOf } from './uuid-bytes.js';

interface OldKey {
  readonly number: number;
  readonly id: Uint8Array;
  readonly kek: number;
  readonly wrapped: Uint8Array;
}

interface OldSecret {
  readonly name: string;
  readonly kek: number;
  readonly wrapped: Uint8Array;
}

/** Moves keys and secrets from older KEKs to the current one. */
export class Rewrapping {
  readonly #guard: CurrentKekGuard;
  readonly #oldKeys: Statement<OldKey>;
  readonly #oldSecrets: Statement<OldSecret>;
  readonly #moveKey: Statement<never>;
  readonly #moveSecret: Statement<never>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    this.#guard = new CurrentKekGuard(writer);
    this.#oldKeys = reader.prepare(
      `SELECT number, id, kek, wrapped FROM keys
       WHERE wrapped IS NOT NULL AND kek IN (SELECT number FROM keks WHERE number <> ?) LIMIT ?`,
    );
    this.#oldSecrets = reader.prepare(
      'SELECT name, kek, wrapped FROM secrets WHERE kek <> ? LIMIT ?',
    );
    // A key that was destroyed meanwhile has no KEK any more, and stays as it is.
    this.#moveKey = writer.prepare(
      'UPDATE keys SET wrapped = ?, kek = ? WHERE number = ? AND kek = ?',
    );
    this.#moveSecret = writer.prepare(
      'UPDATE secrets SET wrapped = ?, kek = ? WHERE name = ? AND wrapped = ?',
    );
  }

  /** @throws KekChanged where another process rotates meanwhile */
  async batch(limit: number): Promise<number> {
    const { number } = await this.engine.keks.current();
    const secrets = reading(() => this.#oldSecrets.all(number, limit));
    const keys = reading(() => this.#oldKeys.all(number, limit - secrets.length));
    if (secrets.length + keys.length === 0) return 0;
    await this.engine.keks.load([...secrets, ...keys].map((row) => row.kek));
    const ledger = this.engine.ledger.get();
    const movedSecrets = secrets.map((row) =>
      this.#rewrap(row, secretPlace(this.engine, row.name), number),
    );
    const movedKeys = keys.map((row) =>
      this.#rewrap(row, { ledger, key: uuidOf<KeyId>(row.id) }, number),
    );
    return this.engine.commit.run(() => {
      this.#guard.assert(number);
      let changes = 0;
      for (const [row, wrapped] of movedSecrets) {
        changes += this.#moveSecret.run(wrapped, number, row.name, row.wrapped).changes;
      }
      for (const [row, wrapped] of movedKeys) {
        changes += this.#moveKey.run(wrapped, number, row.number, row.kek).changes;
      }
      return changes;
    });
  }

  #rewrap<Row extends OldKey | OldSecret>(
    row: Row,
    place: Omit<WrapContext, 'kek'>,
    number: number,
  ): readonly [Row, Buffer] {
    const [old, current] = [this.engine.keks.held(row.kek), this.engine.keks.held(number)];
    const key = unwrapKey(old.key, { ...place, kek: old.id }, row.wrapped);
    const wrapped = wrapKey(current.key, { ...place, kek: current.id }, key);
    key.fill(0);
    return [row, wrapped];
  }
}
