import type { Instant } from '#kernel';
import type { ViewDefinition } from '#views';

import { partsOf, textOf } from './customers-view.js';

/** Keys that an event ended and that are still to be destroyed: the work list of the shredder. */
export type EndingDoc = Readonly<{
  stream: string;
  revision: number;
  at: Instant;
}>;

/** By the id of the event that ended the keys; gone when that is completed. */
export const endingsView: ViewDefinition<EndingDoc> = {
  name: 'endings',
  version: 1,
  indexes: [{ field: 'at', kind: 'value' }],
  route: (event) => {
    switch (event.type) {
      case 'SubjectErased':
        return [textOf(event, 'started')];
      case 'KeysDestroyed':
        return [textOf(event, 'cause')];
      default:
        return ENDS.has(event.type) && partsOf(event).length > 0 ? [event.id] : [];
    }
  },
  apply: (_, event) =>
    ENDS.has(event.type)
      ? { stream: event.stream, revision: event.revision, at: event.metadata.recordedAt }
      : null,
};

const ENDS: ReadonlySet<string> = new Set([
  'ErasureStarted',
  'IdentityUpdated',
  'ContactUpdated',
  'AffiliationUpdated',
  'ErasureCaseClosed',
]);
