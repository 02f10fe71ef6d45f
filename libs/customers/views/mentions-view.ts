import type { ViewDefinition } from '#views';

import { subjectOf } from '../ids.js';

/** An event on another's stream that concerns a person: part of that person's history. */
export type MentionDoc = Readonly<{
  stream: string;
  revision: number;
  subjects: readonly string[];
  at: string;
}>;

/** Where people are named on other people's documents. */
export const mentionsView: ViewDefinition<MentionDoc> = {
  name: 'mentions',
  version: 1,
  indexes: [
    { field: 'subjects', kind: 'array' },
    { field: 'at', kind: 'value' },
  ],
  route: (event) => {
    const own = subjectOf(event.stream);
    return (event.data.sealed ?? []).some((envelope) => envelope.subject !== own) ? [event.id] : [];
  },
  apply: (_, event) => {
    const own = subjectOf(event.stream);
    const others = (event.data.sealed ?? []).map((envelope) => envelope.subject);
    return {
      stream: event.stream,
      revision: event.revision,
      subjects: [...new Set(others.filter((subject) => subject !== own))],
      at: event.position,
    };
  },
};
