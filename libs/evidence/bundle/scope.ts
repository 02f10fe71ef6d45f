import type { StoredEvent } from '#event-log';
import type { Instant, StreamName, SubjectId } from '#kernel';
import { InvalidInput } from '#kernel';

import type { TreeStore } from '../port.js';
import { objectIn } from '../tree/hashing.js';
import type { BundleScope, Elsewhere } from '../verifier/index.js';
import type { Placed } from './placed.js';

/** What somebody asks a bundle of. */
export type BundleOf =
  | { readonly kind: 'ledger' }
  | { readonly kind: 'customer'; readonly subject: SubjectId; readonly stream: StreamName }
  | { readonly kind: 'period'; readonly from: Instant; readonly to: Instant };

/** Which events belong to a bundle, found out in one pass before anything is written. */
export interface Scope {
  readonly said: BundleScope;
  /** Whether an event, or a leaf without one, belongs to it. */
  has(placed: Placed): boolean;
  /** All that belongs to it, where that is little enough to be held: the log is not read again then. */
  readonly held?: readonly Placed[];
}

type Pages = AsyncIterable<readonly Placed[]>;

/** @throws InvalidInput where there is nothing of what is asked */
export async function scopeOf(
  of: BundleOf,
  pages: () => Pages,
  tree: Pick<TreeStore, 'indexOf'>,
): Promise<Scope> {
  switch (of.kind) {
    case 'ledger':
      return { said: { kind: 'ledger' }, has: () => true };
    case 'customer':
      return customerScope(of.stream, of.subject, pages());
    case 'period':
      return periodScope(of, pages(), tree);
  }
}

/** Most places that are told one by one. */
const MOST_PLACES = 100;
/** Leaves without an event may be of anybody: the first of them are in every customer's bundle. */
const MOST_GONE = 1_000;
/** Most bytes of events that are held. */
const MOST_HELD = 64 * 1024 * 1024;

async function customerScope(stream: StreamName, subject: SubjectId, pages: Pages): Promise<Scope> {
  const places: { id: string; index: number }[] = [];
  const own = ofCustomer(stream);
  const held: Placed[] = [];
  let [head, count, events, bytes] = [0, 0, 0, 0];
  for await (const page of pages) {
    for (const placed of page) {
      const { event, index } = placed;
      if (own(placed)) {
        bytes += event === undefined ? 0 : event.data.length + event.metadata.length;
        if (bytes <= MOST_HELD) held.push(placed);
      }
      if (event?.stream === stream) {
        events += 1;
        head = Math.max(0, event.revision);
      } else if (event !== undefined && sealsFor(event, subject)) {
        count += 1;
        if (places.length < MOST_PLACES) places.push({ id: event.id, index });
      }
    }
  }
  if (events === 0) throw new InvalidInput('--customer', 'known', 'is nobody of this ledger');
  const elsewhere: Elsewhere = { count, places };
  const said = { kind: 'customer', stream, head, elsewhere } as const;
  const scope = { said, has: ofCustomer(stream) };
  return bytes <= MOST_HELD ? { ...scope, held } : scope;
}

function ofCustomer(stream: StreamName): Scope['has'] {
  let gone = 0;
  return ({ event }) => {
    if (event !== undefined) return event.stream === stream;
    gone += 1;
    return gone <= MOST_GONE;
  };
}

function sealsFor({ data }: StoredEvent, subject: SubjectId): boolean {
  const isNamed =
    typeof data === 'string' ? data.includes(subject) : within(data).includes(subject);
  const sealed = isNamed ? objectIn(data)?.sealed : undefined;
  return (
    Array.isArray(sealed) &&
    (sealed as readonly unknown[]).some(
      (one) =>
        typeof one === 'object' && one !== null && 'subject' in one && one.subject === subject,
    )
  );
}

async function periodScope(
  { from, to }: Extract<BundleOf, { readonly kind: 'period' }>,
  pages: Pages,
  tree: Pick<TreeStore, 'indexOf'>,
): Promise<Scope> {
  let first: Placed | undefined;
  let last: Placed | undefined;
  for await (const page of pages) {
    for (const placed of page) {
      const at = placed.event === undefined ? undefined : recordedAt(placed.event);
      if (at === undefined || at < from || at > to) continue;
      first ??= placed;
      last = placed;
    }
  }
  if (first === undefined || last === undefined) {
    throw new InvalidInput('--from', 'period', 'and --to have no event between them');
  }
  const [begin, finish] = [first, last];
  const { index, isLeaf } = await leafIndex(finish, tree);
  return {
    said: {
      kind: 'period',
      from,
      to,
      first: (await leafIndex(begin, tree)).index,
      end: isLeaf ? index + 1 : index,
    },
    has: ({ position }) => position >= begin.position && position <= finish.position,
  };
}

/** Index of an event's own leaf, which after somebody's editing need not be that of its position. */
async function leafIndex(
  { event, leaf, index }: Placed,
  tree: Pick<TreeStore, 'indexOf'>,
): Promise<{ readonly index: number; readonly isLeaf: boolean }> {
  if (event === undefined || event.id === leaf) return { index, isLeaf: leaf !== undefined };
  const own = (await tree.indexOf([event.id])).get(event.id);
  return own === undefined ? { index, isLeaf: leaf !== undefined } : { index: own, isLeaf: true };
}

function recordedAt({ metadata }: StoredEvent): string | undefined {
  const at = objectIn(metadata)?.recordedAt;
  return typeof at === 'string' ? at : undefined;
}

function within(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
