import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { parseCheckpoint, tilePath, TILE_WIDTH, tilesOf, type TilePath } from '#evidence';
import { IntegrityError, refuse } from '#kernel';
import type { Command } from 'commander';

import type { Ledger } from '../../composition/index.js';
import { EvidenceReader, signWhile } from '../../composition/index.js';
import { EXITS_HELP, Refused } from '../exits.js';
import type { Session } from '../session.js';
import { timestampFiles, writeTimestamps } from './timestamp-files.js';
import { writeWhole } from './write-whole.js';

/** `ledger evidence export` */
export function addExport(evidence: Command, session: Session): void {
  evidence
    .command('export')
    .argument('<DIR>', 'a folder, made if it is not there; run again, only what is new is written')
    .description(
      'Write checkpoint, tiles and entries as static files (c2sp.org/tlog-tiles), and timestamps ' +
        'beside them.',
    )
    .addHelpText('after', EXITS_HELP)
    .action((folder: string) => exportTiles(session, folder));
}

async function exportTiles(session: Session, folder: string): Promise<void> {
  const written = await session.withLedger('evidence', (ledger) =>
    signWhile(ledger, () => write(ledger, folder)),
  );
  session.say(`${String(written.files)} files, ${String(written.size)} entries: ${folder}`);
}

/** The checkpoint comes last: whoever reads meanwhile finds all that it speaks of. */
async function write(ledger: Ledger, folder: string) {
  const reader = new EvidenceReader(ledger);
  const note = await reader.signNow();
  const size = note === undefined ? undefined : parseCheckpoint(note)?.size;
  if (note === undefined || size === undefined) {
    throw new Refused(
      refuse('conflict', 'not-signed-yet', 'It was not signed in time: run it again.'),
    );
  }
  let files = 1;
  for (const path of tilesOf(size)) {
    if (await writeTile(reader, folder, path)) files += 1;
  }
  files += await writeTimestamps(timestampFiles(ledger), join(folder, 'timestamps'), 'DIR');
  await writeWhole(join(folder, 'checkpoint'), note, 'DIR');
  return { files, size };
}

/** @returns false where it is there from an earlier run: a full tile never changes */
async function writeTile(reader: EvidenceReader, folder: string, path: TilePath): Promise<boolean> {
  const file = join(folder, tilePath(path));
  if (path.width === TILE_WIDTH && (await isThere(file))) return false;
  const bytes = await reader.tile(path);
  if (bytes === undefined) {
    throw new IntegrityError('tile-missing', `evidence: ${tilePath(path)} is not there`);
  }
  await writeWhole(file, bytes, 'DIR');
  return true;
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
