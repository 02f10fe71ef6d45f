import { instantOf, type Clock, type KekId } from '#kernel';
import { GroupCommit, readUntouched, type Database } from '#sqlite-file';

import type { InspectedVault, NamedKek } from '../inspection.js';
import type { KekStore } from '../kek.js';
import { LedgerCell, type Engine } from './engine.js';
import { KekRing } from './kek-ring.js';
import { PART, VAULT_FORMAT } from './schema.js';
import { SqliteLeases, SqlitePresence } from './sqlite-stores.js';
import { uuidOf } from './uuid-bytes.js';

/** A name that no process has. */
const NOBODY = '';

interface KekRow {
  readonly id: Uint8Array;
  readonly state: 'current' | 'retiring' | 'retired';
  readonly created_at: number;
  readonly rotated_at: number | null;
  readonly due_at: number | null;
  readonly retired_at: number | null;
  readonly in_use: 0 | 1;
}

const KEKS = `
  SELECT *,
    EXISTS (SELECT 1 FROM keys WHERE wrapped IS NOT NULL AND kek = keks.number)
    OR EXISTS (SELECT 1 FROM secrets WHERE kek = keks.number) AS in_use
  FROM keks ORDER BY number`;

/**
 * Looks at a vault in a file, which others may have open, and touches nothing.
 * @returns undefined where there is no vault
 * @throws IntegrityError, Outage as `readUntouched` of #sqlite-file
 */
export function inspectSqliteVault(
  file: string,
  options: { readonly keks: KekStore; readonly clock: Clock },
): Promise<InspectedVault | undefined> {
  return readUntouched(file, VAULT_FORMAT, async (db) => {
    const engine = engineOn(db, options);
    return {
      ledger: engine.ledger.read(),
      keks: db.prepare<KekRow>(KEKS).all().map(namedKek),
      leases: await new SqliteLeases(engine).list(),
      present: await new SqlitePresence(engine).others(NOBODY),
    };
  });
}

/** Nothing is ever given to its commit; what would be written there cannot be. */
function engineOn(db: Database, { keks, clock }: Parameters<typeof inspectSqliteVault>[1]): Engine {
  return {
    writer: db,
    reader: db,
    commit: new GroupCommit(db, { part: PART }),
    keks: new KekRing(db, keks),
    ledger: new LedgerCell(db),
    clock,
    checkpointLimitMillis: 0,
  };
}

function namedKek(row: KekRow): NamedKek {
  return {
    id: uuidOf<KekId>(row.id),
    state: row.state,
    createdAt: instantOf(row.created_at),
    ...(row.rotated_at === null ? {} : { rotatedAt: instantOf(row.rotated_at) }),
    ...(row.due_at === null ? {} : { dueAt: instantOf(row.due_at) }),
    ...(row.retired_at === null ? {} : { retiredAt: instantOf(row.retired_at) }),
    isInUse: row.in_use === 1,
  };
}
