import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { join } from 'node:path';

import { customerStream } from '#customers';
import { bytesIn } from '#event-log';
import { openSqliteEventLog } from '#event-log/sqlite';
import {
  isIncluded,
  leafOf,
  nodeCryptography,
  parseReceipt,
  parseVkey,
  positionBefore,
  signedBy,
  TreeWriter,
  vkeyOf,
  type StoredBytes,
} from '#evidence';
import { openSqliteTree } from '#evidence/sqlite';
import type { EventId, SubjectId } from '#kernel';
import { START, streamName } from '#kernel';

import { makeBundle } from '../../apps/cli/evidence/bundle-run.js';
import type { Settings } from '../../apps/composition/index.js';
import {
  EvidenceReader,
  openLedger,
  readSettings,
  signWhile,
} from '../../apps/composition/index.js';
import { signedLedger } from './audit.js';
import type { Figure } from './figures.js';
import { perSecond } from './figures.js';
import type { Floors } from './floors.js';
import { sampleEvent, sampleTrade } from './samples.js';
import { atOnce } from './services/shares.js';

const APPENDED = 40_000;
const IN_FLIGHT = 64;
const CHECKED = 500;
const OTHERS = 30_000;
const HISTORY = 1_000;

/** What the tree costs beside the append, and how long receipts and bundles take. */
export async function benchEvidence(folder: string, floors: Floors): Promise<readonly Figure[]> {
  const settings = readSettings({
    LEDGER_DATA: join(folder, 'evidence'),
    LEDGER_WAIT_MS: '600000',
  });
  await signedLedger(settings, OTHERS);
  const subject = randomUUID() as string as SubjectId;
  const event = await history(settings, subject);
  return [
    await treeShare(folder, floors),
    await receiptCheck(settings, event),
    await bundleOf(settings, subject, join(folder, 'bundle')),
  ];
}

/** The log without the tree, and then the tree over what was appended. */
async function treeShare(folder: string, floors: Floors): Promise<Figure> {
  const log = await openSqliteEventLog(join(folder, 'shared.db'));
  const tree = await openSqliteTree(join(folder, 'shared-tree.db'));
  const append = async () => {
    const subject = randomUUID() as string as SubjectId;
    const [first] = sampleTrade(subject);
    if (first === undefined) throw new Error('a trade has an event');
    await log.append(streamName(`customer-${subject}`), 'no-stream', [first]);
  };
  const appended = await perSecond(() => atOnce(APPENDED, IN_FLIGHT, append));
  const writer = await TreeWriter.open(log, tree, 1);
  const taken = await perSecond(async () => {
    while ((await writer.takeIn()).length > 0);
    return writer.size;
  });
  await tree.close();
  await log.close();
  return {
    work: 'evidence beside an append, 64 in flight',
    figure: (appended / taken) * 100,
    unit: '% of its time',
    floor: { what: 'raw SHA-256 of 300 bytes', figure: floors.sha },
    goal: { atMost: 10 },
  };
}

/** Somebody with a long history. @returns an event of it */
async function history(settings: Settings, subject: SubjectId): Promise<EventId> {
  const ledger = await openLedger({ settings, what: 'bench' });
  try {
    const first = sampleEvent('NumberSeen', { n: 0 });
    const later = Array.from({ length: HISTORY - 1 }, (_, n) => sampleEvent('NumberSeen', { n }));
    await ledger.stores.log.append(customerStream(subject), 'no-stream', [first, ...later]);
    await signWhile(ledger, () => new EvidenceReader(ledger).signNow());
    return first.id;
  } finally {
    await ledger.close();
  }
}

/** A receipt from its text and the event's bytes: leaf, path to the root, signature of the checkpoint. */
async function receiptCheck(settings: Settings, id: EventId): Promise<Figure> {
  const { text, event, vkey } = await receiptOf(settings, id);
  const check = async () => {
    const receipt = parseReceipt(text);
    const key = await parseVkey(vkey, nodeCryptography);
    if (receipt === undefined || key === undefined) throw new Error('unreadable');
    const leaf = await leafOf(event, nodeCryptography);
    const isIn = await isIncluded({ ...receipt, leaf }, receipt.head, nodeCryptography);
    const signed = await signedBy(receipt.head.note, key, nodeCryptography);
    if (!isIn || typeof signed !== 'object') throw new Error('not proven');
  };
  await check();
  const rate = await perSecond(async () => {
    for (let n = 0; n < CHECKED; n++) await check();
    return CHECKED;
  });
  return {
    work: `check of a receipt, ${String(text.length)} bytes`,
    figure: 1_000 / rate,
    unit: 'ms',
    floor: { what: 'raw Ed25519 verification, ms', figure: 1_000 / (await ed25519Rate()) },
    goal: { atMost: 1 },
  };
}

async function receiptOf(settings: Settings, id: EventId) {
  const ledger = await openLedger({ settings, what: 'bench' });
  try {
    const found = await new EvidenceReader(ledger).receipt(id, false);
    if (found.found !== 'receipt') throw new Error('no receipt');
    const { log, tree } = ledger.stores;
    const before = await positionBefore(tree, found.index);
    const [stored] = await log.readStored(before ?? START, 1);
    if (stored === undefined) throw new Error('no event');
    const event: StoredBytes = {
      ...stored,
      metadata: bytesIn(stored.metadata),
      data: bytesIn(stored.data),
    };
    const vkey = await vkeyOf(ledger.evidence.signer.key, nodeCryptography);
    return { text: found.receipt, event, vkey };
  } finally {
    await ledger.close();
  }
}

function ed25519Rate(): Promise<number> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(120, 7);
  const signature = sign(null, message, privateKey);
  return perSecond(() => {
    for (let n = 0; n < 2_000; n++) verify(null, message, publicKey, signature);
    return 2_000;
  });
}

/** As the command line makes it, the ledger's opening included. */
async function bundleOf(settings: Settings, subject: SubjectId, out: string): Promise<Figure> {
  const opened = performance.now();
  await (await openLedger({ settings, what: 'bench' })).close();
  const from = performance.now();
  const { events } = await makeBundle({
    settings,
    of: { kind: 'customer', subject, stream: customerStream(subject) },
    out,
    programs: new Map(),
    onEvents: () => undefined,
    onProblem: () => undefined,
  });
  return {
    work: `bundle of a customer with ${events.toLocaleString('en')} events`,
    figure: performance.now() - from,
    unit: 'ms',
    floor: { what: 'to open the ledger, ms', figure: from - opened },
    goal: { atMost: 1_000 },
  };
}
