import { Readable } from 'node:stream';

import { parse } from 'csv-parse';
import type { CsvError, Info } from 'csv-parse';

import type { FileForm } from './file-form.js';
import { chunksOf } from './file-form.js';

/** A row of a file, or what is wrong with its form. */
export type CsvRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** Rows that are longer are no rows: most likely a quote that is never closed. */
const MAX_ROW_CHARACTERS = 1024 * 1024;

/**
 * Reads a file row by row, headers first. It is read only as fast as rows are taken, so its size
 * does not matter. A row that is malformed is told, and the ones after it are read.
 */
export async function* csvRows(path: string, form: FileForm): AsyncGenerator<CsvRow> {
  const malformed: CsvRow[] = [];
  const parser = parse({
    delimiter: form.delimiter,
    info: true,
    max_record_size: MAX_ROW_CHARACTERS,
    on_skip: (error) => {
      if (error !== undefined) malformed.push({ line: lineOf(error), problem: codeOf(error) });
      return undefined;
    },
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  });
  const text = Readable.from(decoded(path, form.encoding), { objectMode: false });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  for await (const one of parser) {
    const { record, info } = one as { record: string[]; info: Info };
    yield* malformed.splice(0);
    yield { line: firstLine(record, info), cells: record };
  }
  yield* malformed.splice(0);
}

async function* decoded(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunksOf(path)) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}

/** The parser counts lines up to the end of a row; people look for where it begins. */
function firstLine(record: readonly string[], info: Info): number {
  let breaks = 0;
  for (const cell of record) {
    if (cell.includes('\n')) breaks += cell.split('\n').length - 1;
  }
  return info.lines - breaks;
}

function lineOf(error: CsvError): number {
  return typeof error.lines === 'number' ? error.lines : 0;
}

/** `CSV_QUOTE_NOT_CLOSED` as a code of ours. The message would quote the row. */
function codeOf(error: CsvError): string {
  return error.code.toLowerCase().replaceAll('_', '-');
}
