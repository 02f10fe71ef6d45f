import { randomBytes } from 'node:crypto';

import { Binary } from 'mongodb';

import { insertedFirst } from '#mongo-store';

import type { SecretStore } from '../port.js';
import { KEY_BYTES } from '../sealing.js';
import { unwrapKey, wrapKey } from '../wrapping.js';
import { writing, type Engine } from './engine.js';
import { secretKey, type Rewrapping } from './rewrapping.js';
import type { SecretRow } from './schema.js';

/** Named secrets in the vault's MongoDB database, wrapped as keys are. */
export class MongoSecrets implements SecretStore {
  constructor(
    private readonly engine: Engine,
    private readonly rewrapping: Rewrapping,
  ) {}

  async secret(name: string): Promise<Buffer> {
    for (;;) {
      const row = await this.engine.store.run(() =>
        this.engine.rows.secrets.findOne({ _id: name }),
      );
      if (row !== null) return this.#unwrap(row);
      await this.#make(name);
    }
  }

  async destroySecret(name: string): Promise<void> {
    await writing(this.engine, () => this.engine.rows.secrets.deleteOne({ _id: name }));
  }

  async #unwrap({ _id, kek, wrapped }: SecretRow): Promise<Buffer> {
    const ledger = await this.engine.ledger.get();
    await this.engine.keks.load([kek]);
    const place = { ledger, key: secretKey(ledger, _id), kek };
    return unwrapKey(this.engine.keks.held(kek), place, wrapped.buffer);
  }

  async #make(name: string): Promise<void> {
    const { keks, rows } = this.engine;
    const [kek, ledger] = [await keks.current(), await this.engine.ledger.get()];
    const secret = randomBytes(KEY_BYTES);
    const place = { ledger, key: secretKey(ledger, name), kek };
    const wrapped = new Binary(wrapKey(keks.held(kek), place, secret));
    secret.fill(0);
    const first = await writing(this.engine, () =>
      insertedFirst(() => rows.secrets.insertOne({ _id: name, kek, wrapped })),
    );
    if (first) await this.rewrapping.afterInsert('secrets', [name], kek);
  }
}
