import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { customerStream } from '#customers';
import type { RecordedEvent, SubjectId } from '#kernel';
import { DatabaseSync } from '@photostructure/sqlite';

import type { Ledger } from '../../composition/index.js';

/** How many of some byte strings were found, in how many files. */
export interface Found {
  readonly found: number;
  readonly files: number;
}

/** Everything that opens is told by what opened; the rest by why it did not. */
export interface Openings {
  readonly open: number;
  readonly all: number;
}

/** The wrapped keys of a person as they lie in a vault's file. */
export function wrappedKeys(file: string, subject: SubjectId): readonly Buffer[] {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = db
      .prepare('SELECT wrapped FROM keys WHERE subject = ? AND wrapped IS NOT NULL')
      .all(Buffer.from(subject.replaceAll('-', ''), 'hex')) as { readonly wrapped: Uint8Array }[];
    return rows.map(({ wrapped }) => Buffer.from(wrapped));
  } finally {
    db.close();
  }
}

/** Reads every byte of every file of a folder, free pages and journals too. */
export async function scan(folder: string, wanted: readonly Buffer[]): Promise<Found> {
  const files = await readdir(folder);
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))));
  const found = wanted.filter((bytes) => contents.some((content) => content.includes(bytes)));
  return { found: found.length, files: files.length };
}

/** Tries to open every envelope of a person in their own stream. */
export async function tryToOpen(ledger: Ledger, subject: SubjectId): Promise<Openings> {
  let open = 0;
  let all = 0;
  for (const event of await eventsOf(ledger, subject)) {
    for (const { ref, opening } of await ledger.opener.openEvent(event)) {
      // The reply address lives as long as the case does.
      if (ref.category === 'correspondence') continue;
      all++;
      if (opening.kind === 'present') open++;
    }
  }
  return { open, all };
}

async function eventsOf(ledger: Ledger, subject: SubjectId): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of ledger.stores.log.read(customerStream(subject), 0)) {
    events.push(...page);
  }
  return events;
}
