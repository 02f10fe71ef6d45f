import { damageTile, edit, editEvent, flipped } from '../edits.js';
import { OLDER, ONE, ONE_MORE, altered, loseTree, type Mutation } from './mutation.js';

/** Tiles that are not those of the log. */
export const TILES: readonly Mutation[] = [
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
  {
    name: 'the size of the stored tree made larger than anything',
    mutate: (folder) => {
      edit(folder, 'tree', (db) => {
        db.exec('UPDATE tree SET size = 4000000000000');
      });
    },
    expected: { verdicts: ONE_MORE, places: [], exit: 0 },
  },
  {
    name: 'ids of the stored tree edited, and an event altered',
    mutate: (folder) => {
      edit(folder, 'tree', (db) => {
        db.exec(`UPDATE leaves SET ids = zeroblob(length(ids)) WHERE tile > 0`);
        // 16 bytes a leaf: from the 251st of the first tile on.
        const kept = 'substr(ids, 1, 4016) || zeroblob(length(ids) - 4016)';
        db.exec(`UPDATE leaves SET ids = CAST(${kept} AS BLOB) WHERE tile = 0`);
      });
      editEvent(folder, ONE, 'data', flipped(/"ciphertext":"[^"]*"/));
    },
    expected: altered(),
  },
];
