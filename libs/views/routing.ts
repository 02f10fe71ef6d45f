import { IntegrityError } from '#kernel';
import type { JsonObject, RecordedEvent } from '#kernel';

import { isDocumentId } from './definition.js';
import { matcher, parseFilter } from './filter.js';
import type { Filter, ViewDefinition } from './port.js';

/** The documents that an event touches. */
export type Target =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | {
      readonly kind: 'filter';
      readonly filter: Filter;
      readonly test: (doc: JsonObject) => boolean;
    };

/**
 * Asks a view where an event goes.
 * @throws IntegrityError `document-id`, InvalidInput for a filter that is not one; what `route` throws
 */
export function targetOf(view: ViewDefinition, event: RecordedEvent): Target {
  const route = view.route(event);
  if (!isIds(route)) {
    return { kind: 'filter', filter: route, test: matcher(parseFilter(view.indexes, route)) };
  }
  if (!route.every(isDocumentId)) {
    throw new IntegrityError('document-id', 'an id must be 1 to 200 printable ASCII characters');
  }
  return { kind: 'ids', ids: route.length > 1 ? [...new Set(route)] : route };
}

function isIds(route: readonly string[] | Filter): route is readonly string[] {
  return Array.isArray(route);
}
