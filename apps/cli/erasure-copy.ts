import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';

import type { CaseDoc, CaseNumber } from '#customers';
import type { CopyLanguage } from '#evidence';
import { errorCode, InvalidInput, refuse } from '#kernel';
import type { EventId } from '#kernel';

import type { Ledger } from '../composition/index.js';
import { ErasureCopies, signWhile } from '../composition/index.js';
import { Refused } from './exits.js';

/** Which copy is asked for, and where it goes. */
export interface CopyWanted {
  /** A file that ends in `.json` or `.pdf`. */
  readonly file: string;
  readonly language: CopyLanguage;
  /** Which receipt, where the case has several. */
  readonly receipt?: string | undefined;
}

/** Writes the person's copy of a receipt of a case. @throws Refused; InvalidInput */
export async function writeCopy(
  ledger: Ledger,
  number: CaseNumber,
  doc: CaseDoc,
  wanted: CopyWanted,
): Promise<void> {
  const { file, language } = wanted;
  const kind = extname(file).toLowerCase();
  if (kind !== '.json' && kind !== '.pdf') {
    throw new InvalidInput('--copy', 'file', 'is a file that ends in .json or .pdf');
  }
  const event = receiptOf(number, doc, wanted.receipt);
  const copies = new ErasureCopies(ledger);
  const made = await signWhile(ledger, () => copies.copy(event, true));
  if (made === undefined) {
    throw new Refused(
      refuse('conflict', 'not-signed-yet', 'No checkpoint covers the erasure yet: run it again.'),
    );
  }
  const bytes = kind === '.pdf' ? await copies.pdf(made, language) : Buffer.from(made);
  try {
    await writeFile(file, bytes, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new InvalidInput('--copy', 'writable', 'is a new file in a place that can be written');
  }
}

function receiptOf(number: CaseNumber, doc: CaseDoc, wanted: string | undefined): EventId {
  const all = doc.parts.flatMap(({ receipts }) => receipts.map(({ event }) => event));
  const chosen = wanted === undefined ? all : all.filter((event) => event === wanted);
  const [only] = chosen;
  if (only === undefined) {
    const detail = `The case ${number} has no such receipt (yet).`;
    throw new Refused(refuse('not-found', 'receipt-not-found', detail));
  }
  if (chosen.length > 1) {
    throw new InvalidInput('--receipt', 'required', `is one of ${chosen.join(', ')}`);
  }
  return only;
}
