import type { OwnStreams, StoredEvent, StoredEvents } from '#event-log';
import type { EventId, Instant, LedgerId, Position } from '#kernel';
import { canonicalJson, START } from '#kernel';
import type { Vault } from '#vault';

import type { NoteSigner } from '../checkpoints/signer.js';
import { nodeCryptography } from '../node-cryptography.js';
import type { TreeStore } from '../port.js';
import { TILE_WIDTH } from '../port.js';
import { entryOf, HASH_BYTES, leafOfEntry, objectIn } from '../tree/hashing.js';
import {
  base64,
  BUNDLE_FILES,
  ERASURE_RECEIPT,
  keysTold,
  vkeyOf,
  type Announcement,
  type BundleFile,
  type SignedCheckpoint,
} from '../verifier/index.js';
import { Announced } from './announced.js';
import { KeysInUse } from './key-states.js';
import { eventLine, missingLine, type LineAbout } from './lines.js';
import { placedEvents, type Extent, type Placed } from './placed.js';
import { README } from './readme.js';
import { scopeOf, type BundleOf, type Scope } from './scope.js';
import type { BundleSink } from './sinks.js';
import { BundleWriting, writeFileTo } from './sinks.js';
import { Slots } from './slots.js';
import { headerText, signStatement } from './statement.js';

/** What a bundle is made from. */
export interface BundleSource {
  readonly ledger: LedgerId;
  readonly log: StoredEvents & Pick<OwnStreams, 'notInOwnStream'>;
  readonly tree: Pick<TreeStore, 'leaves' | 'tiles' | 'indexOf'>;
  readonly vault: Pick<Vault, 'status'>;
  readonly signer: NoteSigner;
  /** Keys of witnesses, as people hand them on. */
  readonly witnesses: readonly string[];
  /** How many of them the policy asks for. */
  readonly quorum: number;
  readonly checkpointMillis: number;
}

/** What somebody asks for. */
export interface BundleWanted {
  readonly of: BundleOf;
  /** The checkpoint that everything is proven by, and as it was signed. */
  readonly checkpoint: SignedCheckpoint;
  readonly note: string;
  /** Position after which no event is looked at. */
  readonly until: Position;
  /** Size of the stored tree, asked for before the position. */
  readonly treeSize: number;
  readonly madeAt: Instant;
  /** Size of a tree whose checkpoint the receiver has kept. */
  readonly keptSize?: number | undefined;
  /** The verifiers that go with it, by the names of their files. */
  readonly programs: ReadonlyMap<string, Uint8Array>;
  /** Told how many events have been written. */
  readonly onEvents?: (events: number) => void;
}

/** How much a bundle has. */
export interface BundleFigures {
  readonly events: number;
  /** Leaves without an event. */
  readonly missing: number;
  readonly keys: number;
  readonly receipts: number;
}

const PAGE = 2_000;

/**
 * Writes a bundle of what the stores return, be it what was signed or not: that is for its reader to
 * find. Holds one page of events at a time, and the ids of the keys that they name.
 * @throws InvalidInput where there is nothing of what is asked; Outage
 */
export async function writeBundle(
  source: BundleSource,
  wanted: BundleWanted,
  sink: BundleSink,
): Promise<BundleFigures> {
  const extent: Extent = { until: wanted.until, size: wanted.treeSize };
  const announced = new Announced();
  const pages = () => announced.notedIn(placedEvents(source.log, source.tree, extent));
  const scope = await scopeOf(wanted.of, pages, source.tree);
  return new BundleWriter(source, wanted, sink, scope, pages, () => announced.all).write();
}

class BundleWriter {
  readonly #slots: Slots;
  readonly #keys = new KeysInUse();
  readonly #ended = new Set<string>();
  readonly #files: BundleFile[] = [];
  #hasReceipts = false;
  readonly #figures = { events: 0, missing: 0, keys: 0, receipts: 0 };

  constructor(
    private readonly source: BundleSource,
    private readonly wanted: BundleWanted,
    private readonly sink: BundleSink,
    private readonly scope: Scope,
    private readonly pages: () => AsyncIterable<readonly Placed[]>,
    private readonly announcements: () => readonly Announcement[],
  ) {
    this.#slots = new Slots(source.log, source.tree, wanted.checkpoint);
  }

  async write(): Promise<BundleFigures> {
    const events = await BundleWriting.begin(this.sink, BUNDLE_FILES.events);
    for await (const page of this.#inScope()) await this.#writeEvents(events, page);
    if (this.#isWhole) {
      this.#files.push(await events.end());
      await this.#writeLeaves();
      await this.#writeKeys(this.#states());
    } else {
      const states: string[] = [];
      for await (const line of this.#states(events)) states.push(line);
      this.#files.push(await events.end());
      await this.#writeKeys(states);
    }
    await this.#writeReceipts();
    await this.#writeAbout();
    return this.#figures;
  }

  get #isWhole(): boolean {
    return this.wanted.of.kind === 'ledger';
  }

  async *#inScope(): AsyncGenerator<readonly Placed[], void, void> {
    const { held } = this.scope;
    if (held === undefined) {
      for await (const page of this.pages()) yield page.filter((placed) => this.scope.has(placed));
    } else {
      for (let at = 0; at < held.length; at += PAGE) yield held.slice(at, at + PAGE);
    }
  }

  async #writeEvents(into: BundleWriting, page: readonly Placed[]): Promise<void> {
    const events = page.flatMap(({ event }) => event ?? []);
    const hidden = new Set(
      (await this.source.log.notInOwnStream(events)).map((at) => events[at]?.position),
    );
    const elsewhere = await this.#elsewhere(page);
    for (const { index, event, leaf } of page) {
      if (event === undefined) {
        await into.write(missingLine(index, leaf ?? '', await this.#slot(index)));
        this.#figures.missing += 1;
        continue;
      }
      const about = await this.#about(event, index, leaf, elsewhere.get(event.id));
      const isHidden = hidden.has(event.position);
      await into.write(eventLine(event, { ...about, isHidden }));
      this.#noteKeys(event);
      if (event.type === ERASURE_RECEIPT) this.#hasReceipts = true;
      this.#figures.events += 1;
    }
    this.wanted.onEvents?.(this.#figures.events);
  }

  /** Which leaf is an event's own: at its place, elsewhere, or none. */
  async #about(
    event: StoredEvent,
    index: number,
    leaf: EventId | undefined,
    was: number | undefined,
  ): Promise<LineAbout> {
    const isAtPlace =
      leaf === event.id || (leaf !== undefined && (await this.#isLeaf(event, index, leaf)));
    if (isAtPlace) return { index, slot: await this.#slot(index) };
    if (was !== undefined) return { index, was, slot: await this.#slot(was) };
    return { index, slot: undefined, isUnknown: true };
  }

  /** Whether the leaf at a place is that of an event, or would be with the id that the tree has there. */
  async #isLeaf(event: StoredEvent, index: number, id: EventId): Promise<boolean> {
    const leaf = await this.#slots.leafAt(index);
    const own = [event, { ...event, id }].map((one) => leafOfEntry(entryOf(one)));
    return leaf !== undefined && own.some((one) => one.equals(leaf));
  }

  /** Leaves that the tree has for events which do not stand where they were signed. */
  async #elsewhere(page: readonly Placed[]): Promise<ReadonlyMap<EventId, number>> {
    const moved = page.flatMap(({ event, leaf }) =>
      event === undefined || event.id === leaf ? [] : [event.id],
    );
    return moved.length === 0 ? new Map() : this.source.tree.indexOf(moved);
  }

  /** In a bundle of everything the leaves together prove each event. */
  async #slot(index: number) {
    const isProven = !this.#isWhole && index < this.wanted.checkpoint.size;
    return isProven ? this.#slots.at(index) : undefined;
  }

  #noteKeys({ type, data }: StoredEvent): void {
    this.#keys.note(data);
    for (const key of keysTold(type, objectIn(data) ?? {}).ended) this.#ended.add(key);
  }

  async #writeLeaves(): Promise<void> {
    const { size } = this.wanted.checkpoint;
    const writing = await BundleWriting.begin(this.sink, BUNDLE_FILES.leaves);
    for (let index = 0; index * TILE_WIDTH < size; index += 1) {
      const bytes = Math.min(TILE_WIDTH, size - index * TILE_WIDTH) * HASH_BYTES;
      const tile = await this.#slots.leaves(index);
      const hashes = Buffer.alloc(bytes);
      tile?.copy(hashes);
      await writing.write(hashes);
    }
    // No hash of it is signed: the root proves it, and it alone.
    await writing.end();
  }

  /**
   * A line for each key.
   * @param endings where the events go that end keys and are no part of what is asked for
   */
  async *#states(endings?: BundleWriting): AsyncGenerator<string, void, void> {
    const written = new Set<string>();
    for await (const { line, key, isLive, by } of this.#keys.states(this.source.vault)) {
      this.#figures.keys += 1;
      yield line;
      if (endings === undefined || isLive || by === undefined) continue;
      if (this.#ended.has(key) || written.has(by)) continue;
      written.add(by);
      await this.#writeEnding(endings, by as EventId);
    }
  }

  /** An event of another stream by which a key of these events ended. */
  async #writeEnding(into: BundleWriting, id: EventId): Promise<void> {
    const { log, tree } = this.source;
    const index = (await tree.indexOf([id])).get(id);
    if (index === undefined) return;
    const leaves = await tree.leaves(Math.max(0, index - 1), 2);
    const before = index === 0 ? START : leaves[0]?.position;
    const [event] = before === undefined ? [] : await log.readStored(before, 1);
    if (event?.id !== id) return;
    const slot = await this.#slot(index);
    await into.write(eventLine(event, { index, slot, isEnding: true }));
    this.#figures.events += 1;
  }

  async #writeKeys(lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
    const writing = await BundleWriting.begin(this.sink, BUNDLE_FILES.keys);
    for await (const line of lines) await writing.write(line);
    this.#files.push(await writing.end());
  }

  /** Each receipt of an erasure as a file that can be handed on. */
  async #writeReceipts(): Promise<void> {
    if (!this.#hasReceipts) return;
    for await (const page of this.#inScope()) {
      for (const { event } of page) {
        if (event?.type !== ERASURE_RECEIPT) continue;
        const data = objectIn(event.data);
        if (data === undefined) continue;
        const name = `receipts/${String(this.#figures.receipts).padStart(6, '0')}.json`;
        const receipt = {
          ...data,
          event: event.id,
          stream: event.stream,
          ledger: this.source.ledger,
        };
        this.#files.push(await writeFileTo(this.sink, name, canonicalJson(receipt)));
        this.#figures.receipts += 1;
      }
    }
  }

  async #writeAbout(): Promise<void> {
    const { programs, note, checkpoint, keptSize } = this.wanted;
    await writeFileTo(this.sink, BUNDLE_FILES.checkpoint, note);
    await writeFileTo(this.sink, 'README.txt', README);
    for (const [name, program] of programs) await writeFileTo(this.sink, name, program);
    const isShown = !this.#isWhole && keptSize !== undefined && keptSize <= checkpoint.size;
    const proof = isShown ? await this.#slots.consistency(keptSize) : undefined;
    const { signer, ledger, witnesses, quorum, checkpointMillis } = this.source;
    const header = headerText({
      ledger,
      origin: checkpoint.origin,
      vkeys: [await vkeyOf(signer.key, nodeCryptography)],
      announcements: this.announcements(),
      witnesses,
      quorum,
      scope: this.scope.said,
      madeAt: this.wanted.madeAt,
      checkpointMillis,
      size: checkpoint.size,
      root: base64(checkpoint.root),
      events: this.#figures.events,
      consistency:
        proof === undefined || keptSize === undefined ? undefined : { size: keptSize, proof },
      files: this.#files,
    });
    await writeFileTo(this.sink, BUNDLE_FILES.statement, await signStatement(header, signer));
    await writeFileTo(this.sink, BUNDLE_FILES.header, header);
  }
}
