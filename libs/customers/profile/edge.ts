import { Body, Controller, Param, Patch, Post, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { AskedBy, Choice, FOR, granted, Nested, SubjectPipe, Text, told, Writes } from '#edge';
import type { EdgeAsking } from '#edge';
import type { Refusal, SubjectId } from '#kernel';
import { isRefusal, Outage, refuse } from '#kernel';

import { RegisteredAnswer } from '../edge/answers.js';
import { ChangeCustomer } from '../edge/bus.js';
import { AffiliationBody, ContactBody, IdentityBody, PostalAddressBody } from '../edge/values.js';
import type { Asking } from '../service/caller.js';
import { CustomerCommands } from '../service/customer-commands.js';
import { CustomerSearch } from '../service/customer-search.js';
import { CUSTOMER_CATEGORIES } from '../vocabulary.js';
import type { CustomerCategory } from '../vocabulary.js';

/** A customer to be entered into the register. */
export class RegisterBody {
  @Choice(CUSTOMER_CATEGORIES) readonly category!: CustomerCategory;
  @Nested(() => IdentityBody) readonly identity!: IdentityBody;
  @Nested(() => ContactBody, { optional: true }) readonly contact?: ContactBody;
  @Nested(() => AffiliationBody, { optional: true }) readonly affiliation?: AffiliationBody;
}

/** Fields of the identity to change; null removes. */
export class IdentityChanges {
  @Text(40, { removable: true }) readonly customerNumber?: string | null;
  @Text(200, { removable: true }) readonly firstName?: string | null;
  @Text(200, { removable: true }) readonly lastName?: string | null;
  @Text(300, { removable: true }) readonly organisationName?: string | null;
  @Text(40, { removable: true }) readonly businessId?: string | null;
}

/** Fields of the contact details to change; null removes. An address is changed as a whole. */
export class ContactChanges {
  @Text(320, { removable: true }) readonly email?: string | null;
  @Text(60, { removable: true }) readonly phone?: string | null;
  @Nested(() => PostalAddressBody, { removable: true }) readonly address?: PostalAddressBody | null;
}

/** Fields of the affiliation to change; null removes. */
export class AffiliationChanges {
  @Text(300, { removable: true }) readonly organisation?: string | null;
  @Text(200, { removable: true }) readonly title?: string | null;
}

type Registered = Awaited<ReturnType<CustomerCommands['register']>>;

/** Enters a customer into the register. */
export class RegisterCustomer extends Command<
  | Refusal
  | {
      readonly outcome: Exclude<Registered, Refusal>;
      readonly duplicates: readonly SubjectId[] | undefined;
    }
> {
  constructor(
    readonly asking: Asking,
    readonly body: RegisterBody,
  ) {
    super();
  }
}

@CommandHandler(RegisterCustomer)
export class RegisterCustomerHandler implements ICommandHandler<RegisterCustomer> {
  constructor(
    private readonly customers: CustomerCommands,
    private readonly search: CustomerSearch,
  ) {}

  async execute({ asking, body }: RegisterCustomer) {
    const { category, identity, contact, affiliation } = body;
    if (!isNamed(identity)) return nameMissing();
    const asked = { category, identity, contact, affiliation };
    const outcome = await this.customers.register(asking, asked);
    if (isRefusal(outcome)) return outcome;
    return { outcome, duplicates: await this.#duplicates(outcome.subject, contact) };
  }

  /** The registration stands whether or not the search answers: then nothing is said of others. */
  async #duplicates(subject: SubjectId, contact: ContactBody | undefined) {
    try {
      return await this.search.duplicates(subject, contact ?? {});
    } catch (error) {
      if (error instanceof Outage) return undefined;
      throw error;
    }
  }
}

function isNamed({ firstName, lastName, organisationName }: IdentityBody): boolean {
  return (firstName ?? lastName ?? organisationName) !== undefined;
}

function nameMissing(): Refusal {
  return refuse(
    'unprocessable',
    'name-missing',
    'A customer has a first name, a last name or the name of an organisation.',
    'identity.lastName',
  );
}

/** Registering customers and keeping what is known of them right. */
@ApiTags('Customers')
@Controller('api/customers')
export class ProfileController {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @Writes(FOR.staff, RegisteredAnswer)
  @ApiOperation({ summary: 'Register a customer. Possible duplicates are shown and do not block.' })
  async register(
    @AskedBy() asking: EdgeAsking,
    @Body() body: RegisterBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const registered = granted(await this.commands.execute(new RegisterCustomer(asking, body)));
    const { outcome, duplicates } = registered;
    reply.header('location', `/api/customers/${outcome.subject}`);
    return {
      id: outcome.subject,
      ...told(reply, outcome),
      ...(duplicates === undefined ? {} : { possibleDuplicates: duplicates.map((id) => ({ id })) }),
    };
  }

  @Patch(':id/identity')
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Change the name, or what else identifies the customer.' })
  async identity(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() changes: IdentityChanges,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = { do: 'update-identity', subject, changes } as const;
    return told(reply, granted(await this.commands.execute(new ChangeCustomer(asking, command))));
  }

  @Patch(':id/contact')
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Change email, telephone or address.' })
  async contact(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() changes: ContactChanges,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = { do: 'update-contact', subject, changes } as const;
    return told(reply, granted(await this.commands.execute(new ChangeCustomer(asking, command))));
  }

  @Patch(':id/affiliation')
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Change the organisation that the person represents.' })
  async affiliation(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() changes: AffiliationChanges,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = { do: 'update-affiliation', subject, changes } as const;
    return told(reply, granted(await this.commands.execute(new ChangeCustomer(asking, command))));
  }
}
