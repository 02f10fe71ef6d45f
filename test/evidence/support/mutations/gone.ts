import { edit, editTableAlone, positionOf, remove } from '../edits.js';
import { ONE, NEWER, CUT, ONE_MORE, type Mutation } from './mutation.js';

/** Events that are not there any more. */
export const GONE: readonly Mutation[] = [
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
    name: 'an event hidden behind all that can be counted',
    mutate: (folder) => {
      edit(folder, 'log', (db) => {
        db.prepare('UPDATE events SET position = 1 << 62 WHERE position = ?').run(positionOf(ONE));
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
