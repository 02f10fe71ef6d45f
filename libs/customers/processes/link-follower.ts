import type { Outcome } from '#commands';
import type { RecordedEvent, Refusal, SubjectId } from '#kernel';
import { isRefusal, Outage } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { parseCaseNumber, subjectOf } from '../ids.js';
import type { CustomerCommands } from '../service/customer-commands.js';
import type { CustomerHandler } from '../service/customer-handler.js';
import {
  finishMerger,
  isCarriedOver,
  linkedStepId,
  stillStands,
  takeStep,
} from '../service/linked-steps.js';
import { textOf } from '../views/customers-view.js';
import type { Erasable, ErasureGround, RestrictionGround, Use } from '../vocabulary.js';
import { ledgerStep } from './shredder.js';

/**
 * Keeps linked entries of one customer in step: what takes away on one takes away on all, also where
 * the process that was asked died half-way. What stands already is no event.
 */
export class LinkFollower {
  constructor(
    private readonly handler: CustomerHandler,
    private readonly commands: CustomerCommands,
  ) {}

  /** Carries what an event means over to the other entries. @throws Outage: come again with it */
  async follow(event: RecordedEvent): Promise<void> {
    const subject = subjectOf(event.stream);
    if (subject === undefined || !FOLLOWED.has(event.type) || isCarriedOver(event, subject)) return;
    const stands = await this.handler.look(event.stream, ({ state }) => stillStands(event, state));
    if (!stands) return;
    for (const other of await this.#othersOf(event, subject)) {
      const command = commandFor(event, subject, other);
      if (command === undefined) continue;
      const outcome = await this.#step(event, subject, command);
      if (isRefusal(outcome) && !SETTLED.has(outcome.code)) {
        throw new Outage('event-log', `a linked entry refused a step: ${outcome.code}`);
      }
    }
  }

  #step(
    event: RecordedEvent,
    subject: SubjectId,
    command: CustomerCommand,
  ): Promise<Outcome | Refusal> {
    const by = ledgerStep(event);
    return command.do === 'merge'
      ? finishMerger(this.handler, event, subject, command, by)
      : takeStep(this.handler, event, linkedStepId(event.id, command.subject), command, by);
  }

  async #othersOf(event: RecordedEvent, subject: SubjectId): Promise<readonly SubjectId[]> {
    if (event.type === 'CustomersMerged') return [event.data.with as SubjectId];
    return (await this.commands.linkedSet(subject)).filter((member) => member !== subject);
  }
}

const FOLLOWED: ReadonlySet<string> = new Set([
  'CustomersMerged',
  'ProcessingRestricted',
  'RestrictionLifted',
  'UseForbidden',
  'UseAllowed',
  'ErasureRequested',
  'ErasureWithdrawn',
]);

/** Refusals that say: it is so already, or cannot be any more. */
const SETTLED: ReadonlySet<string> = new Set([
  'case-exists',
  'case-not-found',
  'erasure-started',
  'already-merged',
  'customer-not-found',
]);

function commandFor(
  event: RecordedEvent,
  subject: SubjectId,
  other: SubjectId,
): CustomerCommand | undefined {
  const { data } = event;
  switch (event.type) {
    case 'CustomersMerged': {
      const role = data.role === 'absorbed' ? 'kept' : 'absorbed';
      return { do: 'merge', subject: other, with: subject, role };
    }
    case 'ProcessingRestricted':
      return { do: 'restrict', subject: other, ground: data.ground as RestrictionGround };
    case 'RestrictionLifted':
      return { do: 'lift-restriction', subject: other, toldAt: textOf(event, 'toldAt') };
    case 'UseForbidden':
      return { do: 'forbid-use', subject: other, use: data.use as Use };
    case 'UseAllowed':
      return { do: 'allow-use', subject: other, use: data.use as Use };
    case 'ErasureRequested':
      return {
        do: 'request-erasure',
        subject: other,
        case: parseCaseNumber(textOf(event, 'case')),
        ground: data.ground as ErasureGround,
        categories: data.categories as readonly Erasable[],
      };
    case 'ErasureWithdrawn':
      return {
        do: 'withdraw-erasure',
        subject: other,
        case: parseCaseNumber(textOf(event, 'case')),
      };
    default:
      return undefined;
  }
}
