import type { Deciding, Personal, Refusal, Scope } from '#kernel';
import { canonicalJson, refuse } from '#kernel';
import { answerDeadline, helsinkiDate } from '#law';

import type { CommandOf } from '../commands.js';
import type { CustomerDraft } from '../event-types.js';
import type { CaseState, CustomerState } from '../state.js';
import type { Part } from '../vocabulary.js';
import type { Wait } from './events.js';
import { weigh } from './weighing.js';

type Decision = readonly CustomerDraft[] | Refusal;

/**
 * Opens a case and weighs it at once: what no hold covers goes, what a hold covers waits
 * (Art. 17(1), 17(3)).
 */
export function requestErasure(
  command: CommandOf<'request-erasure'>,
  state: CustomerState,
  deciding: Deciding,
): Decision {
  if (state.cases[command.case] !== undefined) {
    return refuse('conflict', 'case-exists', 'There is a case with this number already.');
  }
  const reply: Personal[] =
    command.reply === undefined
      ? []
      : [
          {
            subject: command.subject,
            category: 'correspondence',
            scope: command.case as string as Scope,
            value: command.reply,
          },
        ];
  return [
    {
      type: 'ErasureRequested',
      data: {
        case: command.case,
        ground: command.ground,
        categories: [...command.categories],
        answerBy: answerDeadline(helsinkiDate(deciding.now)).end,
      },
      personal: reply,
    },
    ...proceed(command.case, command.categories, [], state, deciding),
  ];
}

/** Weighs an open case again, when a hold may have ended. Nothing new is no event. */
export function continueErasure(
  command: CommandOf<'withdraw-erasure' | 'continue-erasure' | 'close-case'>,
  state: CustomerState,
  deciding: Deciding,
): Decision {
  const found = state.cases[command.case];
  if (found === undefined) return noCase();
  if (found.status === 'withdrawn' || found.waits.length === 0) return [];
  return proceed(command.case, found.categories, found.waits, state, deciding);
}

function proceed(
  number: string,
  categories: CaseState['categories'],
  before: readonly Wait[],
  state: CustomerState,
  deciding: Deciding,
): CustomerDraft[] {
  const { free, waits } = weigh(state, categories, deciding.now);
  const drafts: CustomerDraft[] = [];
  if (free.length > 0) {
    drafts.push({ type: 'ErasureStarted', data: { case: number, parts: [...free] } });
  }
  // Stored events have their fields in another order.
  const changed = canonicalJson([...waits]) !== canonicalJson([...before]);
  if (free.length > 0 ? waits.length > 0 : changed) {
    drafts.push({ type: 'ErasureDeferred', data: { case: number, waits: [...waits] } });
  }
  return drafts;
}

/** Withdraws what still waits; what has begun is not taken back. */
export function withdrawErasure(
  command: CommandOf<'withdraw-erasure' | 'continue-erasure' | 'close-case'>,
  state: CustomerState,
): Decision {
  const found = state.cases[command.case];
  if (found === undefined) return noCase();
  if (found.status === 'withdrawn') return [];
  if (found.waits.length === 0) {
    return refuse(
      'conflict',
      'erasure-started',
      'The erasure has begun and nothing of it waits: it is not taken back.',
    );
  }
  return [{ type: 'ErasureWithdrawn', data: { case: command.case } }];
}

/** Closes a case that has come to its end; the reply address goes with it. */
export function closeCase(
  command: CommandOf<'withdraw-erasure' | 'continue-erasure' | 'close-case'>,
  state: CustomerState,
): Decision {
  const found = state.cases[command.case];
  if (found === undefined) return noCase();
  if (found.closed) return [];
  if (found.waits.length > 0 || isEnding(state, command.case)) {
    return refuse('conflict', 'case-open', 'The case has not come to its end yet.');
  }
  const reply = state.keys.correspondence?.[command.case];
  const ends: Part[] =
    reply?.state === 'live'
      ? [{ category: 'correspondence', scope: command.case, key: reply.key }]
      : [];
  return [{ type: 'ErasureCaseClosed', data: { case: command.case, ends } }];
}

/** Records that an erasure's keys are destroyed, with its signed receipt. Once. */
export function completeErasure(
  command: CommandOf<'complete-erasure'>,
  state: CustomerState,
): Decision {
  const { completion } = command;
  const ending = state.endings[completion.started];
  if (ending?.case === undefined) return [];
  const found = state.cases[ending.case];
  if (found === undefined) return noCase();
  return [
    {
      type: 'SubjectErased',
      data: {
        ...completion,
        case: ending.case,
        ground: found.ground,
        keys: [...completion.keys],
        kept: [...completion.kept],
        stores: [...completion.stores],
        disclosed: [...completion.disclosed],
      },
    },
  ];
}

/** Records that the keys which a rectification or a closed case ended are destroyed. Once. */
export function completeEnding(
  command: CommandOf<'complete-ending'>,
  state: CustomerState,
): Decision {
  const ending = state.endings[command.cause];
  if (ending === undefined || ending.case !== undefined) return [];
  return [
    {
      type: 'KeysDestroyed',
      data: { cause: command.cause, keys: command.keys.map((key) => ({ ...key })) },
    },
  ];
}

/** Of the restore gate: keys that came back from an old copy were destroyed again. */
export function repeatErasure(
  command: CommandOf<'repeat-erasure'>,
  state: CustomerState,
): Decision {
  const parts = partsOf(state, command.keys);
  if (parts.length === 0) return [];
  return [
    {
      type: 'ErasureRepeated',
      data: { parts, knownBy: [...command.knownBy], first: command.first },
    },
  ];
}

/** An officer accepts that keys are lost. Only keys that the stream still thinks alive can be. */
export function recordKeyLost(
  command: CommandOf<'record-key-lost'>,
  state: CustomerState,
): Decision {
  const parts = partsOf(state, command.keys).filter(
    ({ category, scope }) => state.keys[category]?.[scope]?.state === 'live',
  );
  return parts.length === 0 ? [] : [{ type: 'KeyLost', data: { parts } }];
}

function partsOf(state: CustomerState, keys: readonly string[]): Part[] {
  const wanted = new Set(keys);
  return Object.entries(state.keys).flatMap(([category, scopes]) =>
    Object.entries(scopes)
      .filter(([, used]) => wanted.has(used.key))
      .map(([scope, used]) => ({ category: category as Part['category'], scope, key: used.key })),
  );
}

function isEnding(state: CustomerState, number: string): boolean {
  return Object.values(state.endings).some((ending) => ending.case === number);
}

function noCase(): Refusal {
  return refuse('not-found', 'case-not-found', 'There is no case with this number.');
}
