import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';

import type { Outcome } from '#commands';
import type { Refusal, SubjectId } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import type { Asking } from '../service/caller.js';
import { CustomerCommands } from '../service/customer-commands.js';

/** Any command on one customer's own stream. */
export class ChangeCustomer extends Command<Outcome | Refusal> {
  constructor(
    readonly asking: Asking,
    readonly command: CustomerCommand,
  ) {
    super();
  }
}

@CommandHandler(ChangeCustomer)
export class ChangeCustomerHandler implements ICommandHandler<ChangeCustomer> {
  constructor(private readonly customers: CustomerCommands) {}

  execute({ asking, command }: ChangeCustomer): Promise<Outcome | Refusal> {
    return this.customers.on(asking, command);
  }
}

/** The same command on every entry of a linked set. */
export class ChangeLinkedCustomers extends Command<readonly Outcome[] | Refusal> {
  constructor(
    readonly asking: Asking,
    readonly subject: SubjectId,
    readonly commandOn: (subject: SubjectId) => CustomerCommand,
  ) {
    super();
  }
}

@CommandHandler(ChangeLinkedCustomers)
export class ChangeLinkedCustomersHandler implements ICommandHandler<ChangeLinkedCustomers> {
  constructor(private readonly customers: CustomerCommands) {}

  execute({ asking, subject, commandOn }: ChangeLinkedCustomers) {
    return this.customers.onLinked(asking, subject, commandOn);
  }
}
