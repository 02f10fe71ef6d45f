import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import {
  AskedBy,
  Day,
  FOR,
  Freshness,
  granted,
  Id,
  Nested,
  SubjectPipe,
  told,
  Writes,
} from '#edge';
import type { EdgeAsking } from '#edge';
import type { SubjectId } from '#kernel';
import { uuidAs } from '#kernel';
import type { LocalDate } from '#law';

import { ChangeCustomer } from '../edge/bus.js';
import { AffiliationBody, OnBody } from '../edge/values.js';

/** A role as contact person, as it begins. */
export class ContactRoleBody {
  @Id({ says: 'The organisation, a customer itself.' }) readonly organisation!: string;
  @Nested(() => AffiliationBody) readonly affiliation!: AffiliationBody;
  @Day() readonly on!: string;
}

/** Contact persons of organisations. */
@ApiTags('Contact persons')
@Controller('api/customers/:id/contact-roles')
export class ContactRoleController {
  constructor(
    private readonly commands: CommandBus,
    private readonly freshness: Freshness,
  ) {}

  @Post()
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'The person acts as contact person of an organisation.' })
  async start(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() body: ContactRoleBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const organisation = uuidAs<SubjectId>(body.organisation, 'organisation');
    const { affiliation } = body;
    // The rule of the DTO has found that the day exists.
    const on = body.on as LocalDate;
    const command = { do: 'start-contact-role', subject, organisation, affiliation, on } as const;
    return told(reply, granted(await this.commands.execute(new ChangeCustomer(asking, command))));
  }

  @Post(':organisation/end')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'The role ends; what it held may go.' })
  async end(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Param('organisation', SubjectPipe) organisation: SubjectId,
    @Body() body: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const on = body.on as LocalDate;
    const command = { do: 'end-contact-role', subject, organisation, on } as const;
    const outcome = granted(await this.commands.execute(new ChangeCustomer(asking, command)));
    this.freshness.nudge();
    return told(reply, outcome);
  }
}
