import { InvalidInput } from '#kernel';

import { isDocumentId } from './definition.js';
import type { Index, Page } from './port.js';
import { isScalar } from './values.js';

/** Most rows of one page. */
export const MOST_ROWS = 1_000;

/** Checks a page against declared indexes. @throws InvalidInput, quoting no value */
export function checkPage(indexes: readonly Index[], page: Page): void {
  const { limit, sort, after } = page;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) {
    throw new InvalidInput('limit', 'page-limit', `must be from 1 to ${String(MOST_ROWS)}`);
  }
  if (sort !== undefined) {
    const index = indexes.find(({ field }) => field === sort.field);
    if (index?.kind !== 'value' || !isDirection(sort.direction)) {
      throw new InvalidInput(
        'sort',
        'page-sort',
        'must be a field with a value index, and 1 or -1',
      );
    }
  }
  if (after === undefined) return;
  if (!isDocumentId(after.id) || !isScalar(after.value ?? null)) {
    throw new InvalidInput('after', 'page-after', 'must be the last row of the page before');
  }
}

function isDirection(value: number): boolean {
  return value === 1 || value === -1;
}
