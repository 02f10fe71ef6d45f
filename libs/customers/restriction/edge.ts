import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import {
  AskedBy,
  Choice,
  FOR,
  Freshness,
  granted,
  lastPosition,
  Moment,
  SubjectPipe,
  toldAll,
  Writes,
} from '#edge';
import type { EdgeAsking } from '#edge';
import type { SubjectId } from '#kernel';
import { parseInstant } from '#kernel';

import { ChangeLinkedCustomers } from '../edge/bus.js';
import { RESTRICTION_GROUNDS } from '../vocabulary.js';
import type { RestrictionGround } from '../vocabulary.js';

export class RestrictionBody {
  @Choice(RESTRICTION_GROUNDS, { says: 'Art. 18(1)(a) to (d).' })
  readonly ground!: RestrictionGround;
}

export class LiftBody {
  @Moment({ says: 'When the person was told, before the lifting (Art. 18(3)).' })
  readonly toldAt!: string;
}

/** Restriction of processing (Art. 18), on the whole linked set. */
@ApiTags('Rights')
@Controller('api/customers/:id/restriction')
export class RestrictionController {
  constructor(
    private readonly commands: CommandBus,
    private readonly freshness: Freshness,
  ) {}

  @Post()
  @HttpCode(200)
  @Writes(FOR.officers)
  @ApiOperation({ summary: 'Restrict. 200: in force everywhere; 202: recorded, see Location.' })
  async restrict(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) id: SubjectId,
    @Body() { ground }: RestrictionBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const restrict = new ChangeLinkedCustomers(asking, id, (subject) => ({
      do: 'restrict',
      subject,
      ground,
    }));
    const outcomes = granted(await this.commands.execute(restrict));
    const position = lastPosition(outcomes);
    if (!(await this.freshness.forgotten(position))) {
      reply.code(202).header('location', `/api/customers/${id}?after=${position}`);
    }
    return toldAll(reply, outcomes);
  }

  @Post('lift')
  @HttpCode(200)
  @Writes(FOR.officers)
  @ApiOperation({ summary: 'Lift the restriction; the person has been told before.' })
  async lift(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) id: SubjectId,
    @Body() body: LiftBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const toldAt = parseInstant(body.toldAt, 'toldAt');
    const lift = new ChangeLinkedCustomers(asking, id, (subject) => ({
      do: 'lift-restriction',
      subject,
      toldAt,
    }));
    return toldAll(reply, granted(await this.commands.execute(lift)));
  }
}
