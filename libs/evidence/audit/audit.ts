import type { MetadataChange } from '#event-log';
import { InvalidInput } from '#kernel';

import type { InspectedTree } from '../inspection.js';
import { base64url, type NoteKey, type TreeHead } from '../verifier/index.js';
import { Examined } from './examined.js';
import { keysTrusted, newestTold, standingOf, verifiedNote, type Head } from './heads.js';
import { judge } from './judging.js';
import { MOST_PLACES, type AuditReport } from './report.js';
import type { AuditSources, StoredTree } from './sources.js';
import type { Fault } from './verdicts.js';
import { newestWitnessed } from './witnessed.js';

/**
 * Holds a log against everything that was signed of it, and tells which event is not what it was.
 * Writes nothing. What is asked before the log may have grown by then: nothing is taken for missing.
 * @throws InvalidInput where there is no log, it is empty, or nothing was ever signed of it
 */
export async function auditLog(sources: AuditSources): Promise<AuditReport> {
  const stored = await sources.tree?.(readStored);
  const anchored = await sources.anchored();
  const until = await sources.log((log) => log.head());
  if (until === undefined) throw new InvalidInput('log', 'missing', 'there is no event log');
  const examined = new Examined();
  for await (const scanned of sources.scan(until, stored?.state.size ?? 0)) examined.add(scanned);
  const given = examined.hidden.length === 0 ? examined.size : undefined;
  const strays = await sources.strays(until, given);
  const keys = await keysTrusted(sources.key, examined.checkpoints);
  const { heads, faults, witnessed } = await headsOf(
    { ...sources, keys },
    examined,
    stored,
    anchored,
  );
  if (heads.length === 0 && faults.length === 0) {
    const rule = examined.size === 0 ? 'empty' : 'unsigned';
    throw new InvalidInput('log', rule, 'has nothing that was signed: nothing can be shown of it');
  }
  const standings = await Promise.all(heads.map((head) => standingOf(head, examined.tree)));
  const judged = { ...sources, keys, examined, stored, until, strays, faults };
  const { explained, ...found } = await judge(judged, heads, standings);
  const changes = await metadataOf(sources);
  return {
    ...found,
    events: examined.size,
    heads: heads.map(({ source, size, root }, at) => ({
      source,
      size,
      root: base64url(root),
      standing: standings[at] ?? 'differs',
      isExplained: explained.has(at),
    })),
    metadataChanges: changes.slice(0, MOST_PLACES),
    metadataChangeCount: changes.length,
    witnessed,
    hasVault: sources.hasVault,
  };
}

async function readStored(tree: InspectedTree): Promise<StoredTree> {
  const { size, position } = await tree.state();
  return {
    state: { size: await sizeWithin(tree, size), position },
    note: await tree.checkpoint(),
  };
}

/** As many leaves as there are: the number that is stored is anybody's to edit, and not to be counted to. */
async function sizeWithin(tree: InspectedTree, told: number): Promise<number> {
  const isThere = async (size: number) => size === 0 || (await tree.leaves(size - 1, 1)).length > 0;
  let low = 0;
  let high = Math.max(0, told);
  if (await isThere(high)) return high;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await isThere(middle)) low = middle;
    else high = middle;
  }
  return low;
}

interface Held extends Pick<AuditReport, 'witnessed'> {
  readonly heads: readonly Head[];
  readonly faults: readonly Fault[];
}

/** Everything that exists of what the log can be held to. */
async function headsOf(
  { keys, kept, quorum }: AuditSources & { readonly keys: readonly NoteKey[] },
  examined: Examined,
  stored: StoredTree | undefined,
  anchored: TreeHead | undefined,
): Promise<Held> {
  const heads: Head[] = [];
  const add = (source: Head['source'], head: TreeHead | undefined) => {
    if (head !== undefined) heads.push({ source, size: head.size, root: Buffer.from(head.root) });
  };
  const told = await newestTold(examined.checkpoints, keys);
  add('log', told.newest);
  // The tiles are made anew when they are damaged; so is what lies with them.
  add('tiles', await verifiedNote(stored?.note, keys));
  add('anchor', anchored);
  add('kept', await keptHead(kept, keys));
  const { wanted, witnesses, isDemanded } = quorum;
  const found = await newestWitnessed(examined.checkpoints, examined.cosignatures, keys, quorum);
  add('witnesses', found?.head);
  const faults: Fault[] = told.isForged ? [{ fault: 'signature-wrong', source: 'log' }] : [];
  if (isDemanded && found === undefined) faults.push({ fault: 'quorum-missing' });
  const policy = { wanted, of: witnesses.length, newest: found?.witnessed };
  return { heads, faults, witnessed: wanted === 0 ? undefined : policy };
}

async function keptHead(
  kept: string | undefined,
  keys: readonly NoteKey[],
): Promise<TreeHead | undefined> {
  if (kept === undefined) return undefined;
  const head = await verifiedNote(kept, keys);
  if (head !== undefined) return head;
  throw new InvalidInput('--from', 'checkpoint', 'is no checkpoint that the ledger has signed');
}

async function metadataOf({ log }: AuditSources): Promise<readonly MetadataChange[]> {
  const changes: MetadataChange[] = [];
  await log(async (opened) => {
    changes.length = 0;
    for await (const page of opened.metadataChanges()) changes.push(...page);
  });
  return changes;
}
