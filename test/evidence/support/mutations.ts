import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { AuditCode, Fault, HeadSource, Place, Verdict } from '#evidence';

import { FILES } from '../../../apps/composition/index.js';
import {
  damageTile,
  edit,
  editAnchor,
  editEvent,
  editTableAlone,
  flipped,
  insertLike,
  makeRoom,
  move,
  positionOf,
  remove,
  rewriteTiles,
} from './edits.js';
import { keptNote, type Prepared } from './prepared.js';

/** One way to edit a ledger underneath, and what is to be said of it. */
export interface Mutation {
  readonly name: string;
  /** @param folder a copy of the prepared ledger, which nobody has open */
  readonly mutate: (folder: string, prepared: Prepared) => void | Promise<void>;
  readonly expected: {
    /** Of each verdict but INTACT how many events have it; UNSIGNED is the last checkpoint's own. */
    readonly verdicts: Partial<Record<Verdict, number>>;
    /** Places but those of UNSIGNED, as far as they are told. */
    readonly places: readonly Partial<Place>[];
    readonly exit: AuditCode;
    /** What is wrong and has no place; nothing if left out. */
    readonly faults?: readonly Fault[];
    /** Paths of tiles that are named as damaged; none if left out. */
    readonly tiles?: readonly string[];
  };
  /** A checkpoint that the auditor has kept, and gives; none if left out. */
  readonly kept?: 'older' | 'newer';
}

/** An event of the first tile, whose person has no other. */
const ONE = 150;
const OTHER = ONE + 1;
/** Sizes of the prepared ledger: two signed trees, and one event after the second. */
export const OLDER = 262;
export const NEWER = 323;
const CUT = NEWER - 5;
const STRANGER = 'customer-00000000-0000-4000-8000-000000000000';
const STRANGE_ID = '00000000-0000-4000-8000-000000000001';
const ONE_MORE = { UNSIGNED: 1 } as const;

/** One event that is not what was signed. */
function altered(at = ONE): Mutation['expected'] {
  return {
    verdicts: { ALTERED: 1, ...ONE_MORE },
    places: [{ verdict: 'ALTERED', at, was: at }],
    exit: 10,
  };
}

async function loseTree(folder: string): Promise<void> {
  for (const beside of ['', '-wal', '-shm']) {
    await rm(join(folder, 'data', `${FILES.tree}${beside}`), { force: true });
  }
}

const FLIPS: readonly Mutation[] = [
  {
    name: 'a byte flipped in the data',
    mutate: (folder) => {
      editEvent(folder, ONE, 'data', flipped(/"ciphertext":"[^"]*"/));
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the data, which are no JSON any more',
    mutate: (folder) => {
      editEvent(folder, ONE, 'data', (text) => `[${text.slice(1)}`);
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the metadata',
    mutate: (folder) => {
      editEvent(folder, ONE, 'metadata', flipped(/"fingerprint":"[^"]*"/));
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the salt',
    mutate: (folder) => {
      editEvent(folder, ONE, 'metadata', flipped(/"salt":"[^"]{20}/));
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the type',
    mutate: (folder) => {
      editEvent(folder, ONE, 'type', flipped(/.*/));
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the name of the stream',
    mutate: (folder) => {
      editEvent(folder, ONE, 'stream', flipped(/.*/));
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the name of the stream, in the table alone',
    mutate: (folder) => {
      editTableAlone(folder, (db) => {
        db.prepare("UPDATE events SET stream = 'x' || stream WHERE position = ?").run(
          positionOf(ONE),
        );
      });
    },
    expected: altered(),
  },
  {
    name: 'a byte flipped in the id',
    mutate: (folder) => {
      editEvent(folder, ONE, 'id', flipped(/.*/));
    },
    expected: altered(),
  },
  {
    name: 'an id that is that of another event',
    mutate: (folder) => {
      edit(folder, 'log', (db) => {
        db.prepare(
          'UPDATE events SET id = (SELECT id FROM events WHERE position = ?) WHERE position = ?',
        ).run(positionOf(OTHER), positionOf(ONE));
      });
    },
    expected: altered(),
  },
  {
    name: 'another revision',
    mutate: (folder) => {
      editEvent(folder, ONE, 'revision', () => '7');
    },
    expected: altered(),
  },
  {
    name: 'the older checkpoint edited, which the newer one covers',
    mutate: (folder) => {
      editEvent(folder, OLDER, 'data', flipped(/"note":"[^"]*(?=\\n")/));
    },
    expected: altered(OLDER),
  },
];

const GONE: readonly Mutation[] = [
  {
    name: 'an event deleted',
    mutate: (folder) => {
      remove(folder, ONE);
    },
    expected: {
      verdicts: { MISSING: 1, ...ONE_MORE },
      places: [{ verdict: 'MISSING', was: ONE }],
      exit: 11,
    },
  },
  {
    name: 'an event deleted in the table alone, whose stream has it still',
    mutate: (folder) => {
      editTableAlone(folder, (db) => {
        db.prepare('DELETE FROM events WHERE position = ?').run(positionOf(ONE));
      });
    },
    expected: {
      verdicts: { MISSING: 1, ...ONE_MORE },
      places: [
        { verdict: 'MISSING', was: ONE },
        { verdict: 'MISSING', why: 'stream-only', revision: 0 },
      ],
      exit: 11,
    },
  },
  {
    name: 'an event hidden before the beginning of the log',
    mutate: (folder) => {
      edit(folder, 'log', (db) => {
        db.prepare('UPDATE events SET position = -7 WHERE position = ?').run(positionOf(ONE));
      });
    },
    expected: {
      verdicts: { MISSING: 1, ...ONE_MORE },
      places: [
        { verdict: 'MISSING', was: ONE },
        { verdict: 'MISSING', why: 'stream-only', revision: 0 },
      ],
      exit: 11,
    },
  },
  {
    name: 'an event hidden from its own stream',
    mutate: (folder) => {
      edit(folder, 'log', (db) => {
        const where = `WHERE position = ${String(positionOf(ONE))}`;
        db.exec(`CREATE TABLE kept AS SELECT * FROM events ${where}; DELETE FROM events ${where}`);
      });
      editTableAlone(folder, (db) => {
        db.exec('INSERT INTO events SELECT * FROM kept; DROP TABLE kept');
      });
    },
    expected: {
      verdicts: { MISSING: 1, ...ONE_MORE },
      places: [{ verdict: 'MISSING', at: ONE, why: 'hidden' }],
      exit: 11,
    },
  },
  {
    name: 'the last ones cut off without their checkpoint',
    mutate: (folder) => {
      remove(folder, CUT, NEWER);
    },
    expected: {
      verdicts: { MISSING: 5, ...ONE_MORE },
      places: [0, 1, 2, 3, 4].map((n) => ({ verdict: 'MISSING', was: CUT + n })),
      exit: 11,
    },
  },
  {
    name: 'the last ones cut off with their checkpoint',
    mutate: (folder) => {
      remove(folder, CUT, NEWER + 1);
    },
    expected: {
      verdicts: { MISSING: 6 },
      places: [
        ...[0, 1, 2, 3, 4].map((n) => ({ verdict: 'MISSING' as const, was: CUT + n })),
        { verdict: 'MISSING', was: NEWER, why: 'unsigned-tree' },
      ],
      exit: 11,
    },
  },
  {
    name: 'what came after the newest checkpoint cut off',
    mutate: (folder) => {
      remove(folder, NEWER);
    },
    expected: {
      verdicts: { MISSING: 1 },
      places: [{ verdict: 'MISSING', was: NEWER, why: 'unsigned-tree' }],
      exit: 11,
    },
  },
  {
    name: 'everything deleted',
    mutate: (folder) => {
      remove(folder, 0, NEWER + 1);
    },
    expected: {
      verdicts: { MISSING: NEWER + 1 },
      places: Array.from({ length: 100 }, (_, was) => ({ verdict: 'MISSING', was })),
      exit: 11,
    },
  },
];

const MORE: readonly Mutation[] = [
  {
    name: 'an event inserted',
    mutate: (folder) => {
      makeRoom(folder, ONE);
      insertLike(folder, OTHER, ONE, { id: STRANGE_ID, stream: STRANGER });
    },
    expected: {
      verdicts: { INSERTED: 1, ...ONE_MORE },
      places: [{ verdict: 'INSERTED', at: ONE, id: STRANGE_ID, stream: STRANGER }],
      exit: 12,
    },
  },
  {
    name: 'an event inserted under the id of another',
    mutate: (folder) => {
      makeRoom(folder, ONE);
      insertLike(folder, OTHER, ONE, { stream: STRANGER });
    },
    expected: {
      verdicts: { INSERTED: 1, ...ONE_MORE },
      places: [{ verdict: 'INSERTED', at: ONE, stream: STRANGER }],
      exit: 12,
    },
  },
  {
    name: 'an event inserted into its stream alone',
    mutate: (folder) => {
      insertLike(folder, ONE, -8, { id: STRANGE_ID, stream: STRANGER });
    },
    expected: {
      verdicts: { INSERTED: 1, ...ONE_MORE },
      places: [{ verdict: 'INSERTED', stream: STRANGER, revision: 0, why: 'stream-only' }],
      exit: 12,
    },
  },
  {
    name: 'an event put in the place of another',
    mutate: (folder) => {
      remove(folder, ONE);
      insertLike(folder, OTHER, ONE, { id: STRANGE_ID, stream: STRANGER });
    },
    expected: {
      verdicts: { INSERTED: 1, MISSING: 1, ...ONE_MORE },
      places: [
        { verdict: 'INSERTED', at: ONE, id: STRANGE_ID },
        { verdict: 'MISSING', was: ONE },
      ],
      exit: 12,
    },
  },
  {
    name: 'the last signed event replaced by another',
    mutate: (folder) => {
      remove(folder, NEWER - 1);
      insertLike(folder, OTHER, NEWER - 1, { id: STRANGE_ID, stream: STRANGER });
    },
    expected: {
      verdicts: { INSERTED: 1, MISSING: 1, ...ONE_MORE },
      places: [
        { verdict: 'INSERTED', at: NEWER - 1, id: STRANGE_ID },
        { verdict: 'MISSING', was: NEWER - 1 },
      ],
      exit: 12,
    },
  },
  {
    name: 'two events swapped',
    mutate: (folder) => {
      move(
        folder,
        new Map([
          [ONE, OTHER],
          [OTHER, ONE],
        ]),
      );
    },
    expected: {
      verdicts: { REORDERED: 1, ...ONE_MORE },
      places: [{ verdict: 'REORDERED', at: ONE, was: OTHER }],
      exit: 13,
    },
  },
  {
    name: 'two events far apart swapped',
    mutate: (folder) => {
      move(
        folder,
        new Map([
          [ONE, OLDER + 5],
          [OLDER + 5, ONE],
        ]),
      );
    },
    expected: {
      verdicts: { REORDERED: 2, ...ONE_MORE },
      places: [
        { verdict: 'REORDERED', at: ONE, was: OLDER + 5 },
        { verdict: 'REORDERED', at: OLDER + 5, was: ONE },
      ],
      exit: 13,
    },
  },
  {
    name: 'an event moved to a later place',
    mutate: (folder) => {
      const between = Array.from({ length: 50 }, (_, n) => ONE + 1 + n);
      move(folder, new Map([[ONE, ONE + 50], ...between.map((at) => [at, at - 1] as const)]));
    },
    expected: {
      verdicts: { REORDERED: 1, ...ONE_MORE },
      places: [{ verdict: 'REORDERED', at: ONE + 50, was: ONE }],
      exit: 13,
    },
  },
];

const TILES: readonly Mutation[] = [
  {
    name: 'a tile of leaves damaged',
    mutate: (folder) => {
      damageTile(folder, 0, 0, 40);
    },
    expected: { verdicts: ONE_MORE, places: [], exit: 0, tiles: ['tile/0/000'] },
  },
  {
    name: 'a tile of tiles damaged',
    mutate: (folder) => {
      damageTile(folder, 1, 0);
    },
    expected: { verdicts: ONE_MORE, places: [], exit: 0, tiles: ['tile/1/000.p/1'] },
  },
  {
    name: 'all tiles lost',
    mutate: (folder) => {
      edit(folder, 'tree', (db) => {
        db.exec('DELETE FROM tiles');
      });
    },
    expected: {
      verdicts: ONE_MORE,
      places: [],
      exit: 0,
      tiles: ['tile/0/000', 'tile/0/001.p/68', 'tile/1/000.p/1'],
    },
  },
  {
    name: 'the whole stored tree lost',
    mutate: loseTree,
    expected: { verdicts: ONE_MORE, places: [], exit: 0 },
  },
  {
    name: 'a tile damaged in one place, and an event under it altered in another',
    mutate: (folder) => {
      damageTile(folder, 0, 0, 40);
      editEvent(folder, OLDER + 9, 'data', flipped(/"ciphertext":"[^"]*"/));
    },
    expected: { ...altered(OLDER + 9), tiles: ['tile/0/000'] },
  },
];

/** The anchor forgets everything that was signed after the older checkpoint. */
function anchorRolledBack(folder: string): Promise<void> {
  return editAnchor(folder, ({ kind, size }) => kind !== 'head' || size === OLDER);
}

/** An edit before the older checkpoint, and tiles that agree with it. */
async function rewriteOld(folder: string): Promise<void> {
  editEvent(folder, ONE, 'data', flipped(/"ciphertext":"[^"]*"/));
  await rewriteTiles(folder);
}

/** An edit after the older checkpoint, no word in log and tiles of the newer, and tiles that agree. */
async function rewriteNew(folder: string): Promise<void> {
  editEvent(folder, CUT, 'data', flipped(/"ciphertext":"[^"]*"/));
  remove(folder, NEWER);
  await rewriteTiles(folder, await keptNote(folder, 'older'));
}

const differs = (...sources: readonly HeadSource[]) =>
  sources.map((source): Fault => ({ fault: 'root-differs', source }));
const shorter = (...sources: readonly HeadSource[]) =>
  sources.map((source): Fault => ({ fault: 'log-shorter', source }));
const FORGED: Mutation['expected'] = {
  verdicts: ONE_MORE,
  places: [],
  faults: [{ fault: 'signature-wrong', source: 'log' }],
  exit: 15,
};
/** What was signed after the older checkpoint, if nothing speaks for it. */
const SINCE_OLDER = NEWER - OLDER;

const HEADS: readonly Mutation[] = [
  {
    name: 'the newest checkpoint edited: its signature',
    mutate: (folder) => {
      editEvent(folder, NEWER, 'data', flipped(/"note":"[^"]*(?=\\n")/));
    },
    expected: FORGED,
  },
  {
    name: 'the newest checkpoint edited: its root',
    mutate: (folder) => {
      editEvent(folder, NEWER, 'data', flipped(/"note":"[^"]*?\\n\d+\\n[^\\]*/));
    },
    expected: FORGED,
  },
  {
    name: 'the newest checkpoint edited: what its event says of it',
    mutate: (folder) => {
      editEvent(folder, NEWER, 'data', (text) =>
        text.replace(`"size":${String(NEWER)}`, `"size":${String(NEWER - 1)}`),
      );
    },
    expected: FORGED,
  },
  {
    name: 'log and tiles rewritten together, which the signature tells, and the anchor',
    mutate: rewriteOld,
    expected: {
      verdicts: { UNSIGNED: NEWER + 1 },
      places: [],
      faults: differs('log', 'tiles', 'anchor'),
      exit: 16,
    },
  },
  {
    name: 'log and tiles rewritten together, which the signature alone tells',
    mutate: async (folder) => {
      await rewriteOld(folder);
      await editAnchor(folder, ({ kind }) => kind !== 'head');
    },
    expected: {
      verdicts: { UNSIGNED: NEWER + 1 },
      places: [],
      faults: differs('log', 'tiles'),
      exit: 15,
    },
  },
  {
    name: 'log and tiles rewritten together after the older checkpoint, which the anchor alone tells',
    mutate: rewriteNew,
    expected: {
      verdicts: { UNSIGNED: SINCE_OLDER },
      places: [],
      faults: differs('anchor'),
      exit: 16,
    },
  },
  {
    name: 'log, tiles and anchor rewritten together, which a kept checkpoint alone tells',
    mutate: async (folder) => {
      await rewriteNew(folder);
      await anchorRolledBack(folder);
    },
    kept: 'newer',
    expected: {
      verdicts: { UNSIGNED: SINCE_OLDER },
      places: [],
      faults: differs('kept'),
      exit: 16,
    },
  },
  {
    name: 'an event altered, and the tiles lost',
    mutate: async (folder) => {
      editEvent(folder, CUT, 'data', flipped(/"ciphertext":"[^"]*"/));
      await loseTree(folder);
    },
    expected: {
      verdicts: { UNSIGNED: SINCE_OLDER + 1 },
      places: [],
      faults: differs('log', 'anchor'),
      exit: 16,
    },
  },
  {
    name: 'the last ones cut off with their checkpoint, and the tiles lost',
    mutate: async (folder) => {
      remove(folder, CUT, NEWER + 1);
      await loseTree(folder);
    },
    expected: {
      verdicts: { UNSIGNED: CUT - OLDER },
      places: [],
      faults: shorter('anchor'),
      exit: 16,
    },
  },
  {
    name: 'the last ones cut off with their checkpoint, no tiles, no anchor, a kept checkpoint',
    mutate: async (folder) => {
      remove(folder, CUT, NEWER + 1);
      await loseTree(folder);
      await anchorRolledBack(folder);
    },
    kept: 'newer',
    expected: {
      verdicts: { UNSIGNED: CUT - OLDER },
      places: [],
      faults: shorter('kept'),
      exit: 16,
    },
  },
];

/** Edits of the files of a prepared ledger, and what is to be found. */
export const MUTATIONS: readonly Mutation[] = [...FLIPS, ...GONE, ...MORE, ...TILES, ...HEADS];
