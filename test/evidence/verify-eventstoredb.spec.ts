import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { customerStream } from '#customers';
import { auditCode } from '#evidence';
import type { SubjectId } from '#kernel';

import { enginesOf, makeFolder, removeFolder } from '../engines/places.js';
import { NEWER } from './support/mutations.js';
import { prepareLedger, type Prepared } from './support/prepared.js';
import { verified } from './support/verified.js';

const LIMIT = 120_000;
/** Where there is one, vault, anchor and tree are in it. */
const HAS_MONGODB = process.env.SERVICES === '1' && process.env.MONGODB_URL !== undefined;

let folder: string;
let prepared: Prepared;
let client: EventStoreDBClient;

beforeEach(async () => {
  folder = await makeFolder('evidence', { eventStoreDb: true, mongoDb: HAS_MONGODB });
  prepared = await prepareLedger(folder);
  client = EventStoreDBClient.connectionString(enginesOf(folder).EVENTSTOREDB_URL ?? '');
}, LIMIT);

afterEach(async () => {
  await client.dispose();
  await removeFolder(folder);
});

/** Somebody who has two events. */
function somebody(): SubjectId {
  const [subject] = prepared.people;
  if (subject === undefined) throw new Error('nobody is there');
  return subject;
}

describe('a ledger on EventStoreDB', () => {
  it(
    'is verified as one in files is',
    async () => {
      const report = await verified(folder, prepared);
      expect(report.totals).toMatchObject({ INTACT: NEWER, UNSIGNED: 1 });
      expect(report).toMatchObject({ faults: [], metadataChanges: [], hasVault: true });
      expect(report.heads.map(({ standing }) => standing)).toEqual(['agrees', 'agrees', 'agrees']);
    },
    LIMIT,
  );

  it(
    'is found out where metadata truncate a stream',
    async () => {
      const stream = customerStream(somebody());
      await client.setStreamMetadata(`ledger.${stream}`, { truncateBefore: 1 });
      const report = await verified(folder, prepared);
      expect(report.totals).toMatchObject({ INTACT: NEWER - 1, MISSING: 1, INSERTED: 0 });
      const hidden = { verdict: 'MISSING', why: 'hidden', stream, revision: 0 };
      expect(report.places).toContainEqual(expect.objectContaining(hidden));
      expect(report.metadataChanges).toMatchObject([{ stream, members: ['$tb'] }]);
      expect(auditCode(report.totals, report.faults)).toBe(11);
    },
    LIMIT,
  );

  it(
    'is found out where a stream is deleted',
    async () => {
      const stream = customerStream(somebody());
      await client.deleteStream(`ledger.${stream}`);
      const report = await verified(folder, prepared);
      expect(report.totals).toMatchObject({ MISSING: 2, INSERTED: 0, ALTERED: 0 });
      expect(auditCode(report.totals, report.faults)).toBe(11);
    },
    LIMIT,
  );
});
