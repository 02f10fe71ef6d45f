import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Outcome } from '#commands';
import { AskedBy, FOR, granted, Id, SubjectPipe, told, Writes } from '#edge';
import type { EdgeAsking } from '#edge';
import type { Refusal, SubjectId } from '#kernel';
import { uuidAs } from '#kernel';
import type { LocalDate } from '#law';

import { ChangeCustomer } from '../edge/bus.js';
import { OnBody } from '../edge/values.js';
import type { Asking } from '../service/caller.js';
import { CustomerCommands } from '../service/customer-commands.js';

/** The entry that turned out to be the same customer. */
export class MergeBody {
  @Id({ says: 'The entry that is not kept up any more.' }) readonly absorbed!: string;
}

/** Makes two entries one linked set. */
export class MergeCustomers extends Command<Outcome | Refusal> {
  constructor(
    readonly asking: Asking,
    readonly kept: SubjectId,
    readonly absorbed: SubjectId,
  ) {
    super();
  }
}

@CommandHandler(MergeCustomers)
export class MergeCustomersHandler implements ICommandHandler<MergeCustomers> {
  constructor(private readonly customers: CustomerCommands) {}

  execute({ asking, kept, absorbed }: MergeCustomers): Promise<Outcome | Refusal> {
    return this.customers.merge(asking, kept, absorbed);
  }
}

/** The customer relationship as a whole. */
@ApiTags('Customers')
@Controller('api/customers/:id')
export class CustomershipController {
  constructor(private readonly commands: CommandBus) {}

  @Post('end')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'End the customer relationship; retention runs from that day.' })
  async end(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() body: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    // The rule of the DTO has found that the day exists.
    const command = { do: 'end-customership', subject, on: body.on as LocalDate } as const;
    return told(reply, granted(await this.commands.execute(new ChangeCustomer(asking, command))));
  }

  @Post('resume')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Take the customer relationship up again.' })
  async resume(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() body: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = { do: 'resume-customership', subject, on: body.on as LocalDate } as const;
    return told(reply, granted(await this.commands.execute(new ChangeCustomer(asking, command))));
  }

  @Post('merge')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Two entries are one customer: read, restricted and erased as one.' })
  async merge(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) kept: SubjectId,
    @Body() body: MergeBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const absorbed = uuidAs<SubjectId>(body.absorbed, 'absorbed');
    const merge = new MergeCustomers(asking, kept, absorbed);
    return told(reply, granted(await this.commands.execute(merge)));
  }
}
