import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DatabaseSync } from '@photostructure/sqlite';

import { openSqliteEventLog } from '#event-log/sqlite';
import { TreeWriter } from '#evidence';
import { openSqliteTree } from '#evidence/sqlite';

import { FILES } from '../../../apps/composition/index.js';

/** A connection without the guards of the ledger's own. */
export type Editing = InstanceType<typeof DatabaseSync>;

/** Edits a store of a folder's ledger underneath, as the ledger never does. */
export function edit(folder: string, store: keyof typeof FILES, work: (db: Editing) => void): void {
  const db = new DatabaseSync(join(folder, 'data', FILES[store]), { defensive: false });
  try {
    work(db);
    // Whoever copies the file alone finds the edit in it.
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/** The embedded log counts its events from 1; the leaf of each is one less. */
export const positionOf = (index: number) => index + 1;

/** Changes one column of an event. */
export function editEvent(
  folder: string,
  index: number,
  column: 'data' | 'metadata' | 'stream' | 'type' | 'id' | 'revision',
  change: (text: string) => string,
): void {
  edit(folder, 'log', (db) => {
    const at = positionOf(index);
    const row = db
      .prepare(`SELECT CAST(${column} AS TEXT) AS value FROM events WHERE position = ?`)
      .get(at) as { readonly value: string };
    const isBlob = column === 'data' || column === 'metadata';
    const changed = change(row.value);
    db.prepare(`UPDATE events SET ${column} = ? WHERE position = ?`).run(
      isBlob ? Buffer.from(changed) : changed,
      at,
    );
  });
}

/** Another character in place of the last letter or digit of what a pattern finds. */
export function flipped(pattern: RegExp): (text: string) => string {
  return (text) =>
    text.replace(pattern, (found) =>
      found.replace(/[0-9a-zA-Z](?=[^0-9a-zA-Z]*$)/, (one) => (one === '0' ? '1' : '0')),
    );
}

/** Gives events new positions; what stands there must have gone elsewhere in the same call. */
export function move(folder: string, moves: ReadonlyMap<number, number>): void {
  edit(folder, 'log', (db) => {
    const put = db.prepare('UPDATE events SET position = ? WHERE position = ?');
    for (const from of moves.keys()) put.run(-positionOf(from), positionOf(from));
    for (const [from, to] of moves) put.run(positionOf(to), -positionOf(from));
  });
}

/** Makes room before an event: it and all later ones stand one further on. */
export function makeRoom(folder: string, index: number): void {
  edit(folder, 'log', (db) => {
    db.prepare('UPDATE events SET position = -position - 1 WHERE position >= ?').run(
      positionOf(index),
    );
    db.exec('UPDATE events SET position = -position WHERE position < 0');
  });
}

/** Puts a copy of an event at a place that is free, some columns being others. */
export function insertLike(
  folder: string,
  like: number,
  index: number,
  others: { readonly id?: string; readonly stream: string; readonly revision?: number },
): void {
  edit(folder, 'log', (db) => {
    db.prepare(
      `INSERT INTO events SELECT ?, ?, ?, coalesce(?, id), type, metadata, data
       FROM events WHERE position = ?`,
    ).run(
      positionOf(index),
      others.stream,
      others.revision ?? 0,
      others.id ?? null,
      positionOf(like),
    );
  });
}

/** Takes events out of the log. */
export function remove(folder: string, from: number, to = from + 1): void {
  edit(folder, 'log', (db) => {
    db.prepare('DELETE FROM events WHERE position >= ? AND position < ?').run(
      positionOf(from),
      positionOf(to),
    );
  });
}

/** Edits the table alone, which is read for all events; the index, over which streams are, stays. */
export function editTableAlone(folder: string, work: (db: Editing) => void): void {
  const index = "name = 'events_of_stream'";
  let row: { readonly sql: string; readonly rootpage: number } | undefined;
  edit(folder, 'log', (db) => {
    row = db.prepare(`SELECT sql, rootpage FROM sqlite_schema WHERE ${index}`).get() as typeof row;
    db.exec(`PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE ${index}`);
  });
  edit(folder, 'log', work);
  edit(folder, 'log', (db) => {
    db.exec('PRAGMA writable_schema = ON');
    db.prepare(
      "INSERT INTO sqlite_schema VALUES ('index', 'events_of_stream', 'events', ?, ?)",
    ).run(row?.rootpage ?? 0, row?.sql ?? '');
  });
}

/** Flips a bit of a stored tile. */
export function damageTile(folder: string, level: number, tile: number, byte = 0): void {
  edit(folder, 'tree', (db) => {
    const row = db
      .prepare('SELECT hashes FROM tiles WHERE level = ? AND tile = ?')
      .get(level, tile) as { readonly hashes: Uint8Array };
    const hashes = Buffer.from(row.hashes);
    hashes[byte] = (hashes[byte] ?? 0) ^ 1;
    db.prepare('UPDATE tiles SET hashes = ? WHERE level = ? AND tile = ?').run(hashes, level, tile);
  });
}

/** Makes the stored tree anew of the log as it is, as somebody would who hides an edit. */
export async function rewriteTiles(folder: string, note?: string): Promise<void> {
  const log = await openSqliteEventLog(join(folder, 'data', FILES.log));
  const tree = await openSqliteTree(join(folder, 'data', FILES.tree));
  const epoch = 1_000;
  await tree.renew(epoch);
  const writer = await TreeWriter.open(log, tree, epoch);
  while ((await writer.takeIn()).length > 0);
  if (note !== undefined) await tree.setCheckpoint(note, epoch);
  await tree.close();
  await log.close();
}

/** Takes lines out of the anchor's file. */
export async function editAnchor(
  folder: string,
  keep: (line: Readonly<Record<string, unknown>>) => boolean,
): Promise<void> {
  const file = join(folder, 'data.secrets', 'anchor.log');
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const kept = lines.filter((line) => keep(JSON.parse(line) as Record<string, unknown>));
  await writeFile(file, kept.map((line) => `${line}\n`).join(''));
}
