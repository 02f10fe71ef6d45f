import { insertLike, makeRoom, move, remove } from '../edits.js';
import {
  ONE,
  OTHER,
  OLDER,
  NEWER,
  STRANGER,
  STRANGE_ID,
  ONE_MORE,
  type Mutation,
} from './mutation.js';

/** Events that were not there, or stood elsewhere. */
export const MOVED: readonly Mutation[] = [
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
