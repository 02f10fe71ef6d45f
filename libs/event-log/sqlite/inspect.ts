import { START } from '#kernel';
import { readUntouched, type Database } from '#sqlite-file';

import type { InspectedLog } from '../inspection.js';
import { numberOf, positionOf } from '../positions.js';
import { EvidenceReader } from './evidence-reader.js';
import { Reader } from './reader.js';
import { EVENT_LOG_FORMAT } from './schema.js';

/**
 * Looks at a log in a file, which others may have open, and touches nothing.
 * @param work done again where somebody opens the file meanwhile
 * @returns undefined where there is no log
 * @throws IntegrityError, Outage as `readUntouched` of #sqlite-file
 */
export function inspectSqliteLog<T>(
  file: string,
  work: (log: InspectedLog) => Promise<T>,
): Promise<T | undefined> {
  return readUntouched(file, EVENT_LOG_FORMAT, (db) => work(logOn(db)));
}

function logOn(db: Database): InspectedLog {
  const reader = new Reader(db);
  const evidence = new EvidenceReader(db, (work) => work());
  return {
    ledgerId: async () => reader.ledgerId(),
    head: async () => reader.head(),
    readAll: async (after, limit) => reader.all(after, limit),
    readStored: (after, limit) => evidence.readStored(after, limit),
    notInOwnStream: (page) => evidence.notInOwnStream(page),
    onlyInOwnStream: (until, given) => evidence.onlyInOwnStream(until, given),
    metadataChanges: () => evidence.metadataChanges(),
    newest: async () => {
      const head = reader.head();
      return head === START ? undefined : reader.all(positionOf(numberOf(head) - 1), 1)[0];
    },
  };
}
