import {
  canonicalJson,
  type EventId,
  type Instant,
  type JsonObject,
  START,
  streamName,
} from '#kernel';

import { signedCopy, type CopyParts } from '../erasure-copy/copy-text.js';
import { signNote } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import { Receipts } from '../receipts.js';
import {
  base64url,
  canonicalText,
  copyStatementText,
  hex,
  signedPart,
  utf8,
} from '../verifier/index.js';
import { BundleBench, type BundlePerson } from './bundles.js';

/** What a test's receipt says, if nothing else is said. */
export const TEST_RECEIPT = {
  case: 'E-7K3M-Q9XD-2PAB',
  ground: 'no-longer-needed',
  kept: [],
  stores: ['event-log', 'vault', 'views', 'anchor'],
  disclosed: [],
  unreadableSince: '2026-03-02T09:15:00.000Z',
  unreadableInCopiesBy: '2026-05-01T09:15:00.000Z',
} as const;

/** A ledger in memory that has erased somebody, and copies of the receipt. */
export class CopyBench {
  readonly bench = new BundleBench();
  #person: BundlePerson | undefined;
  erased: EventId | undefined;

  /** Erases somebody, with a receipt that says what is given; others come before and after. */
  static async erased(said: JsonObject = {}): Promise<CopyBench> {
    const made = new CopyBench();
    const { bench } = made;
    await bench.person(3);
    made.#person = await bench.person(2);
    made.erased = await made.#tellErased(made.#person, said);
    for (let n = 0; n < 4; n += 1) await bench.person();
    await bench.sign();
    return made;
  }

  /** A key of keys that is destroyed, signed too. */
  async retires(): Promise<EventId> {
    const data = { kek: '7c9e6679-7425-40de-944b-e07fc1f90ae7', dueAt: this.#now() };
    const id = await this.bench.tells(streamName('keys'), 'KekRetired', {
      ...data,
      retiredAt: this.#now(),
    });
    await this.bench.sign();
    return id;
  }

  /** A copy, as a server makes it. */
  async copy(more: Partial<CopyParts> = {}, retirement?: EventId): Promise<string> {
    return this.signed(await this.parts(more, retirement));
  }

  signed(parts: CopyParts): Promise<string> {
    return signedCopy(parts, this.bench.shared.signer);
  }

  /** A copy with a member made another, and signed anew all the same. */
  async resigned(
    text: string,
    path: readonly (string | number)[],
    change: (value: unknown) => unknown,
  ): Promise<string> {
    const said = signedPart(copyWith(text, path, change));
    const sha256 = hex(nodeCryptography.sha256(utf8(canonicalText(said) ?? '')));
    const note = await signNote(copyStatementText(sha256), this.bench.shared.signer);
    return canonicalText({ ...said, note }) ?? '';
  }

  async parts(more: Partial<CopyParts> = {}, retirement?: EventId): Promise<CopyParts> {
    const { ledger } = this.bench;
    const retired = retirement === undefined ? [] : [await this.#proven(retirement)];
    const state = retired.length > 0 ? 'confirmed' : 'awaited';
    return {
      ledger,
      erasure: await this.#proven(this.erased),
      witnesses: [],
      quorum: 0,
      announcements: [],
      madeAt: this.#now(),
      copies: { day: '2026-05-01', state, retirements: retired },
      ...more,
    };
  }

  async #proven(id: EventId | undefined) {
    const { log, treeStore } = this.bench.shared;
    if (id === undefined) throw new Error('nobody is erased');
    const found = await new Receipts(treeStore).of(id);
    const event = (await log.readStored(START, 10_000)).find((one) => one.id === id);
    if (found.found !== 'receipt' || event === undefined) throw new Error('is not signed');
    return { event, receipt: found.receipt };
  }

  async #tellErased({ subject, stream, key }: BundlePerson, said: JsonObject): Promise<EventId> {
    const { bench } = this;
    const { signer } = bench.shared;
    const destroyed = {
      category: 'identity',
      scope: 'g1',
      key,
      fingerprint: 'wB0vJ1mYc3Xb0mJk7mE2x1nQf0o7l9nq3dC8rT5uVxY',
      destroyedAt: TEST_RECEIPT.unreadableSince,
    };
    const named = `${signer.key.name}+${base64url(signer.key.publicKey).slice(0, 8)}`;
    const body = { ...TEST_RECEIPT, keys: [destroyed], signer: named, started: key, ...said };
    const signed = canonicalText({ ...body, ledger: bench.ledger, subject }) ?? '';
    const message = utf8(`privacy-ledger/erasure-receipt/v1\n${signed}`);
    const signature = base64url(signer.sign(message));
    return bench.tells(stream, 'SubjectErased', { signature, ...body });
  }

  #now(): Instant {
    return this.bench.shared.clock.now();
  }
}

/** A copy with a member made another, at a path; not signed anew. */
export function copyWith(
  text: string,
  path: readonly (string | number)[],
  change: (value: unknown) => unknown,
): string {
  const copy = JSON.parse(text) as JsonObject;
  let at: unknown = copy;
  for (const name of path.slice(0, -1)) at = Reflect.get(Object(at), name);
  const last = path.at(-1) ?? '';
  Reflect.set(Object(at), last, change(Reflect.get(Object(at), last)));
  return canonicalJson(copy);
}
