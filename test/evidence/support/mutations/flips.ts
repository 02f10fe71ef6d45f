import { edit, editEvent, editTableAlone, flipped, positionOf } from '../edits.js';
import { ONE, OTHER, OLDER, altered, type Mutation } from './mutation.js';

/** Events that are not what was signed. */
export const FLIPS: readonly Mutation[] = [
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
