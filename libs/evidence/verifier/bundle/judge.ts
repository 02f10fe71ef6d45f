import type { Fit } from './align.js';
import { align } from './align.js';
import type { ReadEvent, ReadEvents } from './events.js';
import type { KeyLine } from './format.js';
import { sealedUnder, worstOf, type Sealed } from './keys.js';
import type { EventVerdict } from './report.js';
import type { BundleVerdict } from './verdicts.js';

/** What events are held against. */
export interface Against {
  /** Leaves by their index, base64. */
  readonly signed: ReadonlyMap<number, string>;
  readonly size: number;
  /** Whether the root is one that the key has signed, and the leaves give it. */
  readonly isSigned: boolean;
  readonly states: ReadonlyMap<string, KeyLine> | undefined;
}

/** `UNPROVEN`: it is UNSIGNED, and has no reason to be. */
type Judgement = BundleVerdict | 'UNPROVEN';

/** Events with what is said of them. */
export interface Judged {
  readonly events: readonly EventVerdict[];
  readonly envelopes: Record<Sealed, number>;
}

/** Says of each event, and of each place where one ought to be, what it is. */
export function judge(read: ReadEvents, against: Against): Judged {
  const { signed, size } = against;
  const standing = read.events.map(({ place, was, leaf, isUnproven }) => {
    return { place, was, leaf, isUnproven };
  });
  const { fits, missing } = align(signed, standing, size);
  const again = repeated(read.events, fits);
  const verdicts = read.events.map((event, at): Judgement => {
    if (again.has(at)) return 'INSERTED';
    return verdictOf(event, fits[at], against.isSigned);
  });
  const ended = endedBy(read.events, verdicts);
  const envelopes: Record<Sealed, number> = { INTACT: 0, SHREDDED: 0, LOST: 0 };
  const events = read.events.map((one, at): EventVerdict => {
    const under = (one.event?.sealed ?? []).map((key) => sealedUnder(key, ended, against.states));
    const verdict = verdicts[at] ?? 'UNPROVEN';
    for (const sealed of under) envelopes[sealed] += 1;
    const sealed = worstOf(under);
    const isWorse = verdict === 'INTACT' || (verdict === 'UNSIGNED' && sealed === 'LOST');
    return said(one, isWorse ? sealed : verdict, fits[at]);
  });
  const gone = new Map(read.gone.map(({ index, id }) => [index, id]));
  // What the tree alone knows and nothing signed tells, unless it stands somewhere else.
  const known = new Set(read.events.map(({ was }) => was));
  const beyond = [...gone.keys()].filter((index) => index >= size && !known.has(index));
  const absent = [...missing, ...beyond].map((index): EventVerdict => {
    const id = gone.get(index);
    return { verdict: 'MISSING', index, ...(id === undefined ? {} : { id }) };
  });
  return { events: [...events, ...absent].sort(byPlace), envelopes };
}

function verdictOf({ event }: ReadEvent, fit: Fit | undefined, isSigned: boolean): Judgement {
  switch (fit?.fit) {
    case 'there':
      if (event?.isHidden === true) return 'MISSING';
      return isSigned ? 'INTACT' : 'UNPROVEN';
    case 'moved':
      return 'REORDERED';
    case 'altered':
    case 'unreadable':
      return 'ALTERED';
    case 'inserted':
      return 'INSERTED';
    case 'unsigned':
      if (event?.isJson === false) return 'ALTERED';
      return event?.isHidden === true ? 'MISSING' : 'UNSIGNED';
    case 'unproven':
    case undefined:
      return 'UNPROVEN';
  }
}

/** A revision of a stream that stands there a second time, however it was signed. */
function repeated(events: readonly ReadEvent[], fits: readonly Fit[]): ReadonlySet<number> {
  const seen = new Set<string>();
  const again = new Set<number>();
  events.forEach(({ event }, at) => {
    if (event === undefined || fits[at]?.fit !== 'there') return;
    const place = `${event.stream}@${String(event.revision)}`;
    if (seen.has(place)) again.add(at);
    seen.add(place);
  });
  return again;
}

/** Keys that events end of which it is known that they happened. */
function endedBy(
  events: readonly ReadEvent[],
  verdicts: readonly Judgement[],
): ReadonlySet<string> {
  const counts = new Set<Judgement | undefined>(['INTACT', 'MISSING', 'REORDERED', 'UNSIGNED']);
  return new Set(
    events.flatMap(({ event }, at) => (counts.has(verdicts[at]) ? (event?.ended ?? []) : [])),
  );
}

function said(
  { event, place }: ReadEvent,
  judgement: Judgement,
  fit: Fit | undefined,
): EventVerdict {
  const isUnproven = judgement === 'UNPROVEN';
  const verdict = isUnproven ? 'UNSIGNED' : judgement;
  const moved = {
    ...(fit?.fit === 'moved' ? { signedAt: fit.index } : {}),
    ...(isUnproven ? { isUnproven } : {}),
  };
  if (event === undefined) return { verdict, index: place, ...moved };
  const { stream, revision, id, type, recordedAt, isEnding } = event;
  const known = { stream, revision, id, type, recordedAt };
  return { verdict, index: place, ...moved, ...known, ...(isEnding ? { isEnding } : {}) };
}

function byPlace(one: EventVerdict, other: EventVerdict): number {
  return (one.index ?? Number.MAX_SAFE_INTEGER) - (other.index ?? Number.MAX_SAFE_INTEGER);
}
