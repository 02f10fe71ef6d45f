import type { CommandRequest } from '#commands';
import type { Clock, JsonObject, Refusal } from '#kernel';
import { derivedId, isRefusal, laterOf, refuse } from '#kernel';
import type { Opener } from '#vault';

import type { CustomerCommand } from '../commands.js';
import { customerDecider } from '../decider.js';
import { customerStream } from '../ids.js';
import type { CustomerPolicy } from '../policy.js';
import type { CustomerHandler } from '../service/customer-handler.js';
import type { CustomerNumbers } from '../service/customer-numbers.js';

export type CustomerRequest = CommandRequest<CustomerCommand>;

/** What an attempt came to: whether anything happened, or did so at an earlier import. */
export type Attempted = 'changed' | 'nothing' | 'repeated' | Refusal;

/** Carries out the commands of rows, or looks what would come of it. */
export interface RowAttempts {
  /** A registration, whose customer number is reserved first. */
  register(request: CustomerRequest, customerNumber: string | undefined): Promise<Attempted>;
  /** Any other command. */
  carryOut(request: CustomerRequest): Promise<Attempted>;
}

/** Really carries them out. */
export class RealAttempts implements RowAttempts {
  constructor(
    private readonly handler: CustomerHandler,
    private readonly numbers: CustomerNumbers,
  ) {}

  async register(request: CustomerRequest, number: string | undefined): Promise<Attempted> {
    const { subject } = request.command;
    const outcome = await this.numbers.whileReserved(subject, number, () =>
      this.handler.handle(request),
    );
    return attemptedOf(outcome);
  }

  async carryOut(request: CustomerRequest): Promise<Attempted> {
    return attemptedOf(await this.handler.handle(request));
  }
}

/** Decides as the real ones do, and writes nothing. */
export class TrialAttempts implements RowAttempts {
  constructor(
    private readonly with_: {
      readonly handler: CustomerHandler;
      readonly numbers: CustomerNumbers;
      readonly opener: Opener;
      readonly policy: CustomerPolicy;
      readonly clock: Clock;
    },
  ) {}

  async register(request: CustomerRequest, number: string | undefined): Promise<Attempted> {
    const holder = number === undefined ? undefined : await this.with_.numbers.holderOf(number);
    if (holder !== undefined && holder !== request.stream) {
      return refuse('conflict', 'customer-number-in-use', 'Another customer has this number.');
    }
    return this.carryOut(request);
  }

  async carryOut(request: CustomerRequest): Promise<Attempted> {
    const { handler, policy, clock } = this.with_;
    const before = await handler.look(request.stream, (fold) => ({
      isRepeated: fold.commands.has(request.id),
      newest: new Map(fold.newest),
    }));
    // What has been carried out is answered from its events, and so writes nothing.
    if (before.isRepeated) return attemptedOf(await handler.handle(request));
    const opened = await this.#open(request, before.newest);
    if (isRefusal(opened)) return opened;
    const decided = await handler.look(request.stream, ({ state, recordedAt }) => {
      const now = clock.now();
      return customerDecider(request.command.subject, policy).decide(request.command, state, {
        now: recordedAt === undefined ? now : laterOf(now, recordedAt),
        purpose: request.purpose,
        mint: (label) => derivedId(request.id, `mint:${label}`),
        opened: (subject, category) => opened.get(`${subject}:${category}`),
      });
    });
    if (isRefusal(decided)) return decided;
    return decided.length === 0 ? 'nothing' : 'changed';
  }

  async #open(
    request: CustomerRequest,
    newest: ReadonlyMap<string, Parameters<Opener['openEvent']>[0]>,
  ): Promise<ReadonlyMap<string, JsonObject> | Refusal> {
    const values = new Map<string, JsonObject>();
    for (const { subject, category } of request.needs ?? []) {
      const event = newest.get(`${subject}:${category}`);
      if (event === undefined) continue;
      const opened = await this.with_.opener.openEvent(event, [category]);
      const opening = opened.find(({ ref }) => ref.subject === subject)?.opening;
      if (opening === undefined) continue;
      if (opening.kind !== 'present') return refuse('conflict', 'erased', 'was erased');
      values.set(`${subject}:${category}`, opening.value);
    }
    return values;
  }
}

/** What an import asks in the name of a row. */
export function rowRequest(
  id: CustomerRequest['id'],
  purpose: 'customer-register' | 'accounting',
  command: CustomerCommand,
  content: JsonObject,
  needs: CustomerRequest['needs'] = [],
): CustomerRequest {
  return {
    stream: customerStream(command.subject),
    id,
    command,
    content,
    actor: 'import',
    purpose,
    source: 'import',
    needs,
  };
}

function attemptedOf(outcome: Awaited<ReturnType<CustomerHandler['handle']>>): Attempted {
  if (isRefusal(outcome)) return outcome;
  if (outcome.repeated) return 'repeated';
  return outcome.events.length === 0 ? 'nothing' : 'changed';
}
