import type { Category, Decider, Draft, JsonObject, KeyId, Scope, SubjectId } from '#kernel';
import { refuse } from '#kernel';

/** What can be asked of a diary: a stream with a line of text, sealed, and a number of pages. */
export type DiaryCommand =
  | { readonly do: 'write'; readonly line: string }
  /** Adds to the line; needs it opened. */
  | { readonly do: 'add'; readonly word: string }
  /** Seals nothing. */
  | { readonly do: 'turn' }
  /** Two events at once, the second of which seals two categories. */
  | { readonly do: 'begin'; readonly line: string; readonly name: string }
  /** Names another person under a key. */
  | { readonly do: 'mention'; readonly subject: SubjectId; readonly key?: KeyId }
  | { readonly do: 'nothing' }
  | { readonly do: 'forbidden' };

/** What the diary's fold knows. */
export interface Diary {
  pages: number;
  lines: number;
  /** The instants of its events. */
  readonly at: string[];
}

const SCOPE = 'g1' as Scope;

/** The diary of a person. */
export function diaryOf(subject: SubjectId): Decider<DiaryCommand, Draft, Diary> {
  const sealed = (category: Category, value: JsonObject) => ({
    subject,
    category,
    scope: SCOPE,
    value,
  });
  const line = (text: string) => sealed('contact', { line: text });
  return {
    initial: () => ({ pages: 0, lines: 0, at: [] }),
    decide: (command, state, deciding) => {
      switch (command.do) {
        case 'write':
          return [{ type: 'Written', data: {}, personal: [line(command.line)] }];
        case 'add': {
          const before = deciding.opened(subject, 'contact')?.line;
          const text = typeof before === 'string' ? `${before} ${command.word}` : command.word;
          return [{ type: 'Written', data: {}, personal: [line(text)] }];
        }
        case 'turn':
          return [{ type: 'Turned', data: { page: state.pages + 1, id: deciding.mint('page') } }];
        case 'begin':
          return [
            { type: 'Turned', data: { page: state.pages + 1 } },
            {
              type: 'Written',
              data: {},
              personal: [line(command.line), sealed('identity', { name: command.name })],
            },
          ];
        case 'mention': {
          const { subject: other, key } = command;
          const value = { name: 'somebody' };
          const personal = {
            subject: other,
            category: 'affiliation',
            scope: SCOPE,
            value,
          } as const;
          return [
            {
              type: 'Mentioned',
              data: {},
              personal: [key === undefined ? personal : { ...personal, key }],
            },
          ];
        }
        case 'nothing':
          return [];
        case 'forbidden':
          return refuse('conflict', 'forbidden', 'This is never allowed.');
      }
    },
    evolve: (state, fact) => {
      if (fact.type === 'Turned') state.pages += 1;
      if (fact.type === 'Written') state.lines += 1;
      state.at.push(fact.recordedAt);
      return state;
    },
  };
}
