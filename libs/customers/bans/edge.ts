import { Controller, Delete, HttpCode, Injectable, Param, Put, Res } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import {
  AskedBy,
  FOR,
  Freshness,
  granted,
  lastPosition,
  SubjectPipe,
  toldAll,
  Writes,
} from '#edge';
import type { EdgeAsking } from '#edge';
import type { SubjectId } from '#kernel';
import { InvalidInput } from '#kernel';

import { ChangeLinkedCustomers } from '../edge/bus.js';
import { USES } from '../vocabulary.js';
import type { Use } from '../vocabulary.js';

/** A use in a path. */
@Injectable()
export class UsePipe implements PipeTransform<string, Use> {
  transform(value: string): Use {
    const use = USES.find((one) => one === value);
    if (use !== undefined) return use;
    throw new InvalidInput('use', 'choice', `must be one of: ${USES.join(', ')}`);
  }
}

/** Uses that a customer forbids (Art. 21; the notice), on the whole linked set. */
@ApiTags('Rights')
@Controller('api/customers/:id/bans/:use')
export class BansController {
  constructor(
    private readonly commands: CommandBus,
    private readonly freshness: Freshness,
  ) {}

  @Put()
  @Writes(FOR.staff)
  @ApiParam({ name: 'use', enum: USES })
  @ApiOperation({ summary: 'Forbid a use. 200: in force everywhere; 202: recorded, see Location.' })
  async forbid(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) id: SubjectId,
    @Param('use', UsePipe) use: Use,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const forbid = new ChangeLinkedCustomers(asking, id, (subject) => ({
      do: 'forbid-use',
      subject,
      use,
    }));
    const outcomes = granted(await this.commands.execute(forbid));
    const position = lastPosition(outcomes);
    if (!(await this.freshness.forgotten(position))) {
      reply.code(202).header('location', `/api/customers/${id}?after=${position}`);
    }
    return toldAll(reply, outcomes);
  }

  @Delete()
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiParam({ name: 'use', enum: USES })
  @ApiOperation({ summary: 'Allow a use that was forbidden.' })
  async allow(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) id: SubjectId,
    @Param('use', UsePipe) use: Use,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const allow = new ChangeLinkedCustomers(asking, id, (subject) => ({
      do: 'allow-use',
      subject,
      use,
    }));
    return toldAll(reply, granted(await this.commands.execute(allow)));
  }
}
