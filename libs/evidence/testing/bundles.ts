import { createHash } from 'node:crypto';

import { anEvent } from '#event-log/contract';
import { instantOf, millisOf, randomId, streamName } from '#kernel';
import type {
  Category,
  EventId,
  JsonObject,
  KeyId,
  LedgerId,
  Scope,
  StreamName,
  SubjectId,
} from '#kernel';
import type { KeyStatus } from '#vault';

import type { BundleOf } from '../bundle/scope.js';
import type { BundleSink } from '../bundle/sinks.js';
import { writeBundle, type BundleSource, type BundleWanted } from '../bundle/write-bundle.js';
import { nodeCryptography } from '../node-cryptography.js';
import {
  base64url,
  canonicalText,
  checkBundle,
  type BundleAsked,
  parseCheckpoint,
  utf8,
  type BundleCryptography,
  type BundleFiles,
  type BundleReport,
  type Bytes,
} from '../verifier/index.js';
import { INTERVAL_MILLIS, SharedEvidence } from './sequencing.js';

/** A bundle in memory. */
export class MemoryBundle implements BundleSink, BundleFiles {
  readonly files = new Map<string, Buffer>();
  #name = '';

  async begin(name: string): Promise<void> {
    this.#name = name;
    this.files.set(name, Buffer.alloc(0));
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.files.set(this.#name, Buffer.concat([this.file(this.#name), bytes]));
  }

  async end(): Promise<void> {
    this.#name = '';
  }

  async close(): Promise<void> {
    await this.end();
  }

  async abandon(): Promise<void> {
    this.files.clear();
  }

  file(name: string): Buffer {
    return this.files.get(name) ?? Buffer.alloc(0);
  }

  /** The lines of a file. */
  lines(name: string): readonly string[] {
    return this.file(name).toString('utf8').split('\n').slice(0, -1);
  }

  /** The bundle with a file made another. */
  with(name: string, change: (bytes: Buffer) => Uint8Array): MemoryBundle {
    const other = new MemoryBundle();
    for (const [one, bytes] of this.files) other.files.set(one, bytes);
    other.files.set(name, Buffer.from(change(Buffer.from(this.file(name)))));
    return other;
  }

  async open(name: string): Promise<AsyncIterable<Bytes> | undefined> {
    const bytes = this.files.get(name);
    return bytes === undefined ? undefined : pieces(bytes);
  }
}

/** In pieces that end anywhere. */
async function* pieces(bytes: Buffer): AsyncGenerator<Bytes, void, void> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

/** Node's own. */
export const testCryptography: BundleCryptography = {
  ...nodeCryptography,
  digest: async (some) => {
    const hash = createHash('sha256');
    for await (const piece of some) hash.update(piece);
    return hash.digest();
  },
};

/** A person of the test's ledger. */
export interface BundlePerson {
  readonly subject: SubjectId;
  readonly stream: StreamName;
  readonly key: KeyId;
}

/** A ledger in memory of which bundles are made: people, keys, and a log that can be changed. */
export class BundleBench {
  readonly ledger = randomId<LedgerId>();
  readonly shared = new SharedEvidence();
  readonly keys = new Map<KeyId, KeyStatus>();
  /** The policy that its bundles tell of. */
  policy: Pick<BundleSource, 'witnesses' | 'quorum'> = { witnesses: [], quorum: 0 };
  readonly #revisions = new Map<StreamName, number>();

  /** Somebody with so many events, the first of which seals something. */
  async person(events = 1): Promise<BundlePerson> {
    const subject = randomId<SubjectId>();
    const stream = streamName(`customer-${subject}`);
    const key = this.key(subject);
    await this.tells(stream, 'CustomerRegistered', { sealed: [envelope(subject, key)] });
    for (let n = 1; n < events; n++) await this.tells(stream, 'NumberSeen', { n });
    return { subject, stream, key };
  }

  /** A key that lives. */
  key(subject: SubjectId): KeyId {
    const key = randomId<KeyId>();
    const ref = { subject, category: 'identity' as Category, scope: 'g1' as Scope, key };
    const createdAt = this.shared.clock.now();
    this.keys.set(key, { ref, state: 'live', fingerprint: 'print', createdAt });
    return key;
  }

  /** Ends somebody's key, with a receipt; its row in the vault says so. */
  async erase({ subject, stream, key }: BundlePerson): Promise<void> {
    const part = { category: 'identity', scope: 'g1', key };
    const started = await this.tells(stream, 'ErasureStarted', { case: 'E-1', parts: [part] });
    const { signer } = this.shared;
    const named = `${signer.key.name}+${base64url(signer.key.publicKey).slice(0, 8)}`;
    const said = { case: 'E-1', keys: [part], signer: named, started };
    const body = canonicalText({ ...said, ledger: this.ledger, subject }) ?? '';
    const message = utf8(`privacy-ledger/erasure-receipt/v1\n${body}`);
    const signature = base64url(signer.sign(message));
    await this.tells(stream, 'SubjectErased', { ...said, signature });
    this.ends(key, started);
  }

  /** Destroys a key in the vault alone. */
  ends(key: KeyId, by: EventId): void {
    const status = this.keys.get(key);
    if (status === undefined) throw new Error('no such key');
    this.keys.set(key, { ...status, state: 'destroyed', by, destroyedAt: this.shared.clock.now() });
  }

  async tells(stream: StreamName, type: string, data: JsonObject): Promise<EventId> {
    const made = anEvent(data);
    const recordedAt = this.shared.clock.now();
    const event = { ...made, type, metadata: { ...made.metadata, recordedAt } };
    const next = (this.#revisions.get(stream) ?? -1) + 1;
    await this.shared.log.append(stream, next === 0 ? 'no-stream' : next - 1, [event]);
    this.#revisions.set(stream, next);
    this.shared.clock.set(instantOf(millisOf(this.shared.clock.now()) + 1_000));
    return event.id;
  }

  /** Signs what has happened. @returns the checkpoint */
  async sign(): Promise<string> {
    this.shared.pass(INTERVAL_MILLIS);
    await this.shared.process().round();
    return (await this.shared.treeStore.checkpoint()) ?? '';
  }

  async bundle(
    of: BundleOf = { kind: 'ledger' },
    more: Partial<BundleWanted> = {},
  ): Promise<MemoryBundle> {
    const { shared } = this;
    const note = (await shared.treeStore.checkpoint()) ?? '';
    const checkpoint = parseCheckpoint(note);
    if (checkpoint === undefined) throw new Error('nothing is signed');
    const sink = new MemoryBundle();
    const source = {
      ledger: this.ledger,
      log: shared.log,
      tree: shared.treeStore,
      vault: { status: async (subject: SubjectId) => this.#of(subject) },
      signer: shared.signer,
      ...this.policy,
      checkpointMillis: INTERVAL_MILLIS,
    };
    const madeAt = shared.clock.now();
    const { size: treeSize } = await shared.treeStore.state();
    const until = await shared.log.head();
    const programs = new Map<string, Uint8Array>();
    await writeBundle(
      source,
      { of, checkpoint, note, until, treeSize, madeAt, programs, ...more },
      sink,
    );
    return sink;
  }

  /** Somebody's stream. */
  of({ subject, stream }: BundlePerson): BundleOf {
    return { kind: 'customer', subject, stream };
  }

  #of(subject: SubjectId): readonly KeyStatus[] {
    return [...this.keys.values()].filter(({ ref }) => ref.subject === subject);
  }
}

/** What is sealed is of no matter to evidence. */
export function envelope(subject: SubjectId, key: KeyId): JsonObject {
  const sealed = { ciphertext: 'c2VjcmV0', commitment: 'Y29tbWl0', nonce: 'bm9uY2U' };
  return { subject, category: 'identity', scope: 'g1', key, ...sealed };
}

/** What a check of a bundle comes to, with what it is held against. */
export function checked(bundle: BundleFiles, asked: BundleAsked = {}): Promise<BundleReport> {
  return checkBundle(bundle, asked, testCryptography);
}
