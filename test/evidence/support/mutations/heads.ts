import type { Fault, HeadSource } from '#evidence';

import { editAnchor, editEvent, flipped, remove, rewriteTiles } from '../edits.js';
import { keptNote } from '../prepared.js';
import { ONE, OLDER, NEWER, CUT, ONE_MORE, loseTree, type Mutation } from './mutation.js';

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

/** What has no place: checkpoints, and logs that were rewritten whole. */
export const HEADS: readonly Mutation[] = [
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
