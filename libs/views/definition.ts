import { IntegrityError, InvalidInput } from '#kernel';
import type { JsonObject } from '#kernel';

import type { Index, ViewDefinition } from './port.js';
import { fieldReader, isScalar } from './values.js';

const VIEW_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const FIELD = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const DOCUMENT_ID = /^[\x21-\x7e]{1,200}$/;
/** MongoDB takes 64 indexes a collection; far fewer keep writing fast. */
const MOST_INDEXES = 16;

/** Checks the parts of a definition that stores rely on. @throws InvalidInput */
export function checkDefinition(view: ViewDefinition): void {
  if (!VIEW_NAME.test(view.name)) throw new InvalidInput('name', 'view-name', 'is no view name');
  if (!Number.isSafeInteger(view.version) || view.version < 1) {
    throw new InvalidInput(`${view.name}.version`, 'view-version', 'must be a whole number from 1');
  }
  const fields = view.indexes.map((index) => index.field);
  const sound =
    fields.every((field) => FIELD.test(field)) && new Set(fields).size === fields.length;
  if (!sound || fields.length > MOST_INDEXES) {
    throw new InvalidInput(
      `${view.name}.indexes`,
      'view-indexes',
      `must be at most ${String(MOST_INDEXES)} different fields`,
    );
  }
}

/** Whether a text may be the id of a document. */
export function isDocumentId(id: unknown): id is string {
  return typeof id === 'string' && DOCUMENT_ID.test(id);
}

/**
 * A check that documents hold in their indexed fields what the indexes say, so that all engines find
 * the same. It throws IntegrityError `document-shape`, naming the field.
 */
export function documentCheck(indexes: readonly Index[]): (doc: JsonObject) => void {
  const checks = indexes.map((index) => {
    const read = fieldReader(index.field);
    const fits = index.kind === 'array' ? isScalarArray : isScalar;
    return { field: index.field, parents: parentReaders(index.field), read, fits };
  });
  return (doc) => {
    for (const { field, parents, read, fits } of checks) {
      const value = read(doc);
      const fitting = value === undefined || value === null || fits(value);
      if (!fitting || parents.some((parent) => Array.isArray(parent(doc)))) {
        throw new IntegrityError('document-shape', `field ${field} does not fit its index`);
      }
    }
  };
}

function isScalarArray(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => item !== null && isScalar(item));
}

/** Readers of the objects on the way to a field: an array there would be looked through by MongoDB. */
function parentReaders(field: string): readonly ((doc: JsonObject) => unknown)[] {
  const path = field.split('.');
  return path.slice(1).map((_, i) => fieldReader(path.slice(0, i + 1).join('.')));
}
