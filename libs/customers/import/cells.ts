import type { LocalDate } from '#law';
import { parseLocalDate } from '#law';

import type { Columns } from './columns.js';
import type { DateForm } from './map.js';

/** Why a row is not taken: a stable code, and the column that it is about. Never the value. */
export interface RowProblem {
  readonly problem: string;
  readonly column?: string;
}

/** Thrown while a row is read, caught by the reader of rows. */
export class BadCell extends Error {
  override readonly name = 'BadCell';

  constructor(
    readonly problem: string,
    readonly column?: string,
  ) {
    super(problem);
  }
}

// Tab and line breaks may stand in an address; nothing else below the space is text.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const AMOUNT = /^-?[0-9]{1,12}(\.[0-9]{1,4})?$/;
const REPLACEMENT = '\ufffd';

/** The cells of one row by field. */
export class Cells {
  constructor(
    private readonly columns: Columns,
    private readonly row: readonly string[],
  ) {
    if (row.length !== columns.count) throw new BadCell('column-count');
  }

  /** Text of a column by its index, trimmed; undefined where it is empty. @throws BadCell */
  at(index: number, max: number): string | undefined {
    const text = (this.row[index] ?? '').trim();
    if (text === '') return undefined;
    if (text.length > max) throw this.#bad('too-long', index);
    if (CONTROL.test(text) || text.includes(REPLACEMENT) || !text.isWellFormed()) {
      throw this.#bad('not-text', index);
    }
    return text;
  }

  /** Text of a field; undefined where it is empty or has no column. @throws BadCell */
  text(field: string, max: number): string | undefined {
    const index = this.columns.fields.get(field);
    return index === undefined ? undefined : this.at(index, max);
  }

  email(field: string): string | undefined {
    const text = this.text(field, 320);
    if (text !== undefined && !EMAIL.test(text)) throw this.#badField('email', field);
    return text;
  }

  /** A day as the file writes it; a time after it is left out. @throws BadCell */
  date(field: string, form: DateForm): LocalDate | undefined {
    const text = this.text(field, 40);
    if (text === undefined) return undefined;
    const date = parseDate(text, form);
    if (date === undefined) throw this.#badField('date', field);
    return date;
  }

  /** A decimal number with a point before its cents. @throws BadCell */
  amount(field: string, decimal: '.' | ','): string | undefined {
    const text = this.text(field, 40);
    if (text === undefined) return undefined;
    const plain = text.replace(/[\s\u00a0\u202f]/g, '');
    const amount = decimal === ',' ? plain.replace('.', 'x').replace(',', '.') : plain;
    if (!AMOUNT.test(amount)) throw this.#badField('amount', field);
    return amount;
  }

  /** That a field which must be there is not. */
  missing(field: string, problem: string): BadCell {
    return this.#badField(problem, field);
  }

  /** Whether the file has a column for a field. */
  has(field: string): boolean {
    return this.columns.fields.has(field);
  }

  #badField(problem: string, field: string): BadCell {
    const index = this.columns.fields.get(field);
    return index === undefined ? new BadCell(problem) : this.#bad(problem, index);
  }

  #bad(problem: string, index: number): BadCell {
    return new BadCell(problem, this.columns.headers[index]);
  }
}

/** Reads a row, and makes a value of what is wrong with it. */
export function readingRow<Row>(read: () => Row): Row | RowProblem {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BadCell)) throw error;
    const { problem, column } = error;
    return column === undefined ? { problem } : { problem, column };
  }
}

/** Whether a row was not taken. */
export function isProblem(row: object): row is RowProblem {
  return 'problem' in row;
}

const PATTERNS: Readonly<Record<DateForm, RegExp>> = {
  'YYYY-MM-DD': /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})(?:[T ].*)?$/,
  'D.M.YYYY': /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})(?: .*)?$/,
  'D/M/YYYY': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})(?: .*)?$/,
  'M/D/YYYY': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})(?: .*)?$/,
};

function parseDate(text: string, form: DateForm): LocalDate | undefined {
  const { y = '', m = '', d = '' } = PATTERNS[form].exec(text)?.groups ?? {};
  return parseLocalDate(`${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`);
}
