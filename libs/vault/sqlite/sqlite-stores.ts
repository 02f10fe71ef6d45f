import { instantOf, IntegrityError, millisOf, plusMillis, type Instant, type KeyId } from '#kernel';
import type { Statement } from '#sqlite-file';

import {
  type Credential,
  type Credentials,
  type Lease,
  type Leases,
  type Living,
  type Notes,
  Overtaken,
  type Presence,
  type Reservations,
} from '../port.js';
import type { Engine } from './engine.js';
import { reading } from './reading.js';
import { uuidBytes } from './uuid-bytes.js';

export class SqliteReservations implements Reservations {
  readonly #reserve: Statement<never>;
  readonly #release: Statement<never>;
  readonly #releaseByKey: Statement<never>;
  readonly #written: Statement<{ readonly stream: string }>;
  readonly #holder: Statement<{ readonly stream: string }>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    this.#reserve = writer.prepare(
      'INSERT INTO reservations (hash, stream, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#release = writer.prepare('DELETE FROM reservations WHERE hash = ? AND stream = ?');
    this.#releaseByKey = writer.prepare('DELETE FROM reservations WHERE key = ?');
    this.#written = writer.prepare('SELECT stream FROM reservations WHERE hash = ?');
    this.#holder = reader.prepare('SELECT stream FROM reservations WHERE hash = ?');
  }

  async reserve(hash: string, stream: string, key: KeyId): Promise<string> {
    return this.engine.commit.run(() => {
      this.#reserve.run(hash, stream, uuidBytes(key));
      return this.#written.get(hash)?.stream ?? stream;
    });
  }

  async release(hash: string, stream: string): Promise<void> {
    await this.engine.commit.run(() => this.#release.run(hash, stream));
  }

  async releaseByKeys(keys: readonly KeyId[]): Promise<void> {
    await this.engine.commit.run(() => {
      for (const key of keys) this.#releaseByKey.run(uuidBytes(key));
    });
  }

  async holder(hash: string): Promise<string | undefined> {
    return reading(() => this.#holder.get(hash)?.stream);
  }
}

interface LeaseRow {
  readonly name: string;
  readonly epoch: number;
  readonly holder: string;
  readonly expires_at: number;
}

export class SqliteLeases implements Leases {
  readonly #held: Statement<LeaseRow>;
  readonly #put: Statement<never>;
  readonly #release: Statement<never>;
  readonly #list: Statement<LeaseRow>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    this.#held = writer.prepare('SELECT * FROM leases WHERE name = ?');
    this.#put = writer.prepare('REPLACE INTO leases VALUES (?, ?, ?, ?)');
    this.#release = writer.prepare(
      'UPDATE leases SET expires_at = ? WHERE name = ? AND holder = ? AND expires_at > ?',
    );
    this.#list = reader.prepare('SELECT * FROM leases WHERE expires_at > ? ORDER BY name');
  }

  async acquire(name: string, holder: string, ttlMillis: number): Promise<Lease | undefined> {
    return this.engine.commit.run(() => {
      const now = this.engine.clock.now();
      const held = this.#held.get(name);
      const renews = held?.holder === holder;
      if (held !== undefined && !renews && held.expires_at > millisOf(now)) return undefined;
      const epoch = renews ? held.epoch : (held?.epoch ?? 0) + 1;
      const expiresAt = plusMillis(now, ttlMillis);
      this.#put.run(name, epoch, holder, millisOf(expiresAt));
      return { name, epoch, holder, expiresAt };
    });
  }

  async release(name: string, holder: string): Promise<void> {
    await this.engine.commit.run(() => {
      const now = millisOf(this.engine.clock.now());
      this.#release.run(now, name, holder, now);
    });
  }

  async list(): Promise<readonly Lease[]> {
    const rows = reading(() => this.#list.all(millisOf(this.engine.clock.now())));
    return rows.map(({ name, epoch, holder, expires_at }) => ({
      name,
      epoch,
      holder,
      expiresAt: instantOf(expires_at),
    }));
  }
}

interface PresenceRow {
  readonly process: string;
  readonly what: string;
  readonly until: number;
}

export class SqlitePresence implements Presence {
  readonly #beat: Statement<never>;
  readonly #forget: Statement<never>;
  readonly #leave: Statement<never>;
  readonly #others: Statement<PresenceRow>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    this.#beat = writer.prepare('REPLACE INTO presence VALUES (?, ?, ?)');
    this.#forget = writer.prepare('DELETE FROM presence WHERE until <= ?');
    this.#leave = writer.prepare('DELETE FROM presence WHERE process = ?');
    this.#others = reader.prepare(
      'SELECT * FROM presence WHERE process <> ? AND until > ? ORDER BY process',
    );
  }

  async beat(process: string, what: string, cacheMillis: number): Promise<void> {
    await this.engine.commit.run(() => {
      const now = millisOf(this.engine.clock.now());
      this.#forget.run(now);
      this.#beat.run(process, what, now + cacheMillis);
    });
  }

  async leave(process: string): Promise<void> {
    await this.engine.commit.run(() => this.#leave.run(process));
  }

  async others(process: string): Promise<readonly Living[]> {
    const rows = reading(() => this.#others.all(process, millisOf(this.engine.clock.now())));
    return rows.map(({ process: name, what, until }) => ({
      process: name,
      what,
      until: instantOf(until),
    }));
  }
}

interface CredentialRow {
  readonly id: string;
  readonly hash: string;
  readonly label: string;
  readonly role: Credential['role'];
  readonly created_at: number;
  readonly revoked_at: number | null;
}

export class SqliteCredentials implements Credentials {
  readonly #add: Statement<never>;
  readonly #byHash: Statement<CredentialRow>;
  readonly #list: Statement<CredentialRow>;
  readonly #revoke: Statement<never>;

  constructor(private readonly engine: Engine) {
    const { writer, reader } = engine;
    this.#add = writer.prepare(
      'INSERT INTO credentials VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#byHash = reader.prepare('SELECT * FROM credentials WHERE hash = ?');
    this.#list = reader.prepare('SELECT * FROM credentials ORDER BY created_at, id');
    this.#revoke = writer.prepare(
      'UPDATE credentials SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL',
    );
  }

  async add({ id, hash, label, role, createdAt, revokedAt }: Credential): Promise<void> {
    const revoked = revokedAt === undefined ? null : millisOf(revokedAt);
    await this.engine.commit.run(() => {
      const { changes } = this.#add.run(id, hash, label, role, millisOf(createdAt), revoked);
      if (changes === 0) throw new IntegrityError('credential-exists', 'a token was added before');
    });
  }

  async byHash(hash: string): Promise<Credential | undefined> {
    const row = reading(() => this.#byHash.get(hash));
    return row === undefined ? undefined : credentialOf(row);
  }

  async list(): Promise<readonly Credential[]> {
    return reading(() => this.#list.all()).map(credentialOf);
  }

  async revoke(id: string, at: Instant): Promise<boolean> {
    return this.engine.commit.run(() => this.#revoke.run(millisOf(at), id).changes === 1);
  }
}

function credentialOf(row: CredentialRow): Credential {
  const { id, hash, label, role, created_at, revoked_at } = row;
  const revoked = revoked_at === null ? {} : { revokedAt: instantOf(revoked_at) };
  return { id, hash, label, role, createdAt: instantOf(created_at), ...revoked };
}

export class SqliteNotes implements Notes {
  readonly #note: Statement<{ readonly value: string }>;
  readonly #set: Statement<never>;

  constructor(private readonly engine: Engine) {
    this.#note = engine.reader.prepare('SELECT value FROM notes WHERE name = ?');
    this.#set = engine.writer.prepare(`
      INSERT INTO notes (name, value, epoch) VALUES (?1, ?2, coalesce(?3, 0))
      ON CONFLICT (name) DO UPDATE SET value = excluded.value, epoch = max(epoch, excluded.epoch)
      WHERE ?3 IS NULL OR ?3 >= epoch
    `);
  }

  async note(name: string): Promise<string | undefined> {
    return reading(() => this.#note.get(name)?.value);
  }

  async setNote(name: string, value: string, epoch?: number): Promise<void> {
    await this.engine.commit.run(() => {
      if (this.#set.run(name, value, epoch ?? null).changes === 0) throw new Overtaken();
    });
  }
}
