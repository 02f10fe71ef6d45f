import type { CommandRequest, Outcome } from '#commands';
import { commandIdOf } from '#commands';
import type { CommandId, JsonObject, LedgerId, Refusal, StreamName, SubjectId } from '#kernel';
import { derivedId, isRefusal, refuse } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import { needsOf } from '../decider.js';
import type { CaseNumber } from '../ids.js';
import { caseNumberOf, customerStream } from '../ids.js';
import { currentScope } from '../state.js';
import type { ErasureAsked, OrderAsked, Registration } from './asked.js';
import type { Asking } from './caller.js';
import type { CustomerHandler } from './customer-handler.js';
import type { CustomerNumbers } from './customer-numbers.js';
import type { StepBy } from './linked-steps.js';
import { finishMerger, linkedStepId, stillStands, takeStep } from './linked-steps.js';

export type * from './asked.js';

/** The commands of the register as callers give them, over one stream or a linked set of them. */
export class CustomerCommands {
  constructor(
    private readonly ledger: LedgerId,
    private readonly handler: CustomerHandler,
    private readonly numbers: CustomerNumbers,
  ) {}

  /** Registers a customer under an id of the ledger's own; the same key finds the same customer. */
  async register(
    asking: Asking,
    asked: Registration,
  ): Promise<(Outcome & { readonly subject: SubjectId }) | Refusal> {
    const id = commandIdOf(this.ledger, asking.account, 'register', asking.key);
    const subject = derivedId<SubjectId>(id, 'mint:customer');
    const command: CustomerCommand = { do: 'register', subject, ...asked };
    const request = this.#request(asking, id, command, { do: 'register', ...asked });
    const outcome = await this.#registerOnce(request, subject, asked.identity.customerNumber);
    return isRefusal(outcome) ? outcome : { ...outcome, subject };
  }

  /** A stream that is there is only answered from: nothing is reserved or made for it again. */
  async #registerOnce(
    request: CommandRequest<CustomerCommand>,
    subject: SubjectId,
    number: string | undefined,
  ): Promise<Outcome | Refusal> {
    const isThere = await this.handler.look(request.stream, ({ revision }) => revision >= 0);
    if (isThere) return this.handler.handle(request);
    return this.numbers.whileReserved(subject, number, () =>
      this.handler.handle({ ...request, founding: true }),
    );
  }

  /** Any command on one customer's own stream. */
  async on(asking: Asking, command: CustomerCommand): Promise<Outcome | Refusal> {
    const id = this.#idOn(asking, command.subject);
    return this.handler.handle(this.#request(asking, id, command, plain(command)));
  }

  /** Records an order; a contact person is named under the key that their own stream names. */
  async recordOrder(
    asking: Asking,
    subject: SubjectId,
    asked: OrderAsked,
  ): Promise<Outcome | Refusal> {
    const content = { do: 'record-order', subject, ...plain(asked) };
    const id = this.#idOn(asking, subject);
    const base = { do: 'record-order', subject, voucher: asked.voucher } as const;
    if (asked.placedBy === undefined) {
      return this.handler.handle(this.#request(asking, id, base, content));
    }
    const { customer, name, title } = asked.placedBy;
    const named = await this.#mentionKey(customer, subject);
    if (isRefusal(named)) return named;
    const mention = title === undefined ? { name } : { name, title };
    const command: CustomerCommand = {
      ...base,
      placedBy: { ...named, subject: customer, mention },
    };
    return this.handler.handle(this.#request(asking, id, command, content));
  }

  /**
   * Makes two entries one linked set. The entry that is absorbed says so first: from then on
   * the ledger finishes the other side by itself. `ifRevision` is that of the entry that is kept.
   */
  async merge(asking: Asking, kept: SubjectId, absorbed: SubjectId): Promise<Outcome | Refusal> {
    const { ifRevision } = asking;
    const rest = withoutRevision(asking);
    const there = await this.handler.look(customerStream(kept), ({ revision, state }) => ({
      known: state.category !== undefined,
      changed: ifRevision !== undefined && ifRevision !== revision,
      done: state.linked.includes(absorbed),
    }));
    if (!there.known) return notFound();
    if (there.changed && !there.done) return changedMeanwhile();
    const said = await this.on(rest, {
      do: 'merge',
      subject: absorbed,
      with: kept,
      role: 'absorbed',
    });
    if (isRefusal(said)) return said;
    const command = { do: 'merge', subject: kept, with: absorbed, role: 'kept' } as const;
    const [cause] = said.events;
    return cause === undefined
      ? this.on(rest, command)
      : finishMerger(this.handler, cause, absorbed, command, by(rest));
  }

  /** Restricts, lifts, forbids or allows on every entry of a linked set, the asked one first. */
  async onLinked(
    asking: Asking,
    subject: SubjectId,
    commandOn: (subject: SubjectId) => CustomerCommand,
  ): Promise<readonly Outcome[] | Refusal> {
    const own = await this.on(asking, commandOn(subject));
    if (isRefusal(own)) return own;
    const outcomes: Outcome[] = [own];
    const rest = withoutRevision(asking);
    for (const member of await this.linkedSet(subject)) {
      if (member === subject) continue;
      const outcome = await this.#carryOver(rest, own, commandOn(member));
      if (isRefusal(outcome)) return outcome;
      if (outcome !== undefined) outcomes.push(outcome);
    }
    return outcomes;
  }

  /** Asks for the erasure of a linked set: one case. The reply address is sealed once. */
  async requestErasure(
    asking: Asking,
    subject: SubjectId,
    asked: ErasureAsked,
  ): Promise<{ readonly case: CaseNumber; readonly outcomes: readonly Outcome[] } | Refusal> {
    const number = caseNumberOf(this.#idOn(asking, subject));
    const outcomes = await this.onLinked(asking, subject, (member) => ({
      do: 'request-erasure',
      subject: member,
      case: number,
      ground: asked.ground,
      categories: asked.categories,
      reply: member === subject ? asked.reply : undefined,
    }));
    return isRefusal(outcomes) ? outcomes : { case: number, outcomes };
  }

  /**
   * Withdraws or closes a case on all entries that it covers. Where some of them have nothing left
   * to withdraw, the others are withdrawn all the same.
   */
  async onCase(
    asking: Asking,
    subjects: readonly SubjectId[],
    command: 'withdraw-erasure' | 'close-case' | 'continue-erasure',
    number: CaseNumber,
  ): Promise<readonly Outcome[] | Refusal> {
    const outcomes: Outcome[] = [];
    let refused: Refusal | undefined;
    for (const subject of subjects) {
      const outcome = await this.on(asking, { do: command, subject, case: number });
      if (!isRefusal(outcome)) outcomes.push(outcome);
      else if (outcome.code === 'erasure-started') refused ??= outcome;
      else return outcome;
    }
    return outcomes.length === 0 ? (refused ?? noCase()) : outcomes;
  }

  /** A customer and all entries that are one with it, the asked one first. */
  async linkedSet(subject: SubjectId): Promise<readonly SubjectId[]> {
    const found = new Set<SubjectId>([subject]);
    for (const member of found) {
      const linked = await this.handler.look(customerStream(member), ({ state }) => state.linked);
      for (const other of linked) found.add(other);
    }
    return [...found];
  }

  /**
   * Does on a linked entry what was done on the one that was asked for; undefined where that was
   * taken back since, and the answer is only repeated.
   */
  async #carryOver(
    asking: Asking,
    from: Outcome,
    command: CustomerCommand,
  ): Promise<Outcome | Refusal | undefined> {
    const [cause] = from.events;
    if (cause === undefined) return this.on(asking, command);
    const stands = await this.handler.look(from.stream, ({ state }) => stillStands(cause, state));
    if (!stands) return undefined;
    const id = linkedStepId(cause.id, command.subject);
    return takeStep(this.handler, cause, id, command, by(asking));
  }

  #idOn(asking: Asking, subject: SubjectId): CommandId {
    return commandIdOf(this.ledger, asking.account, customerStream(subject), asking.key);
  }

  /** The key under which an organisation's documents may name its contact person. */
  async #mentionKey(person: SubjectId, organisation: SubjectId) {
    return this.handler.look(customerStream(person), ({ state }) => {
      if (state.category === undefined) return notFound('placedBy.customer');
      if (!state.roles.includes(organisation)) {
        return refuse(
          'conflict',
          'not-contact-person',
          'The person does not act as contact person of this organisation.',
          'placedBy.customer',
        );
      }
      if (state.restriction !== undefined) {
        return refuse('forbidden', 'restricted', 'Processing of the contact person is restricted.');
      }
      const scope = currentScope(state, 'affiliation');
      const key = scope === undefined ? undefined : state.keys.affiliation?.[scope];
      if (scope === undefined || key?.state !== 'live') {
        return refuse('conflict', 'erased', 'The contact person was erased.', 'placedBy.customer');
      }
      return { scope, key: key.key };
    });
  }

  #request(
    asking: Asking,
    id: CommandId,
    command: CustomerCommand,
    content: JsonObject,
  ): CommandRequest<CustomerCommand> {
    const { account, purpose, source, ifRevision, causation, correlation } = asking;
    return {
      stream: streamOf(command),
      id,
      command,
      content: { ...content, purpose, source },
      actor: account,
      purpose,
      source,
      needs: needsOf(command).map((category) => ({ subject: command.subject, category })),
      ...(ifRevision === undefined ? {} : { ifRevision }),
      ...(causation === undefined ? {} : { causation }),
      ...(correlation === undefined ? {} : { correlation }),
    };
  }
}

function streamOf(command: CustomerCommand): StreamName {
  return customerStream(command.subject);
}

function notFound(field?: string): Refusal {
  return refuse('not-found', 'customer-not-found', 'There is no customer with this id.', field);
}

function by({ account: actor, purpose, source }: Asking): StepBy {
  return { actor, purpose, source };
}

/** The revision that a caller has seen is that of the entry that was asked for. */
function withoutRevision({
  account,
  role,
  purpose,
  source,
  key,
  causation,
  correlation,
}: Asking): Asking {
  return {
    account,
    role,
    purpose,
    source,
    key,
    ...(causation === undefined ? {} : { causation }),
    ...(correlation === undefined ? {} : { correlation }),
  };
}

function noCase(): Refusal {
  return refuse('not-found', 'case-not-found', 'There is no case with this number.');
}

function changedMeanwhile(): Refusal {
  return refuse('precondition-failed', 'changed-meanwhile', 'Somebody changed it meanwhile.');
}

/** A command is plain data; this drops what is undefined, as JSON does. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
