import { Controller, Get, HttpCode, Injectable, Param, Post, Query, Res } from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { Command, CommandBus, CommandHandler } from '@nestjs/cqrs';
import { Query as BusQuery, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { ICommandHandler, IQueryHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Outcome } from '#commands';
import {
  After,
  Answers,
  AskedBy,
  Choice,
  Cursor,
  Cursors,
  FOR,
  Freshness,
  granted,
  Inspects,
  lastPosition,
  Limit,
  toldAll,
  Writes,
} from '#edge';
import type { EdgeAsking } from '#edge';
import type { Refusal, SubjectId } from '#kernel';
import type { Page, Row } from '#views';

import { CaseAnswer, CasesAnswer } from '../edge/answers.js';
import type { CaseNumber } from '../ids.js';
import { parseCaseNumber } from '../ids.js';
import type { Asking } from '../service/caller.js';
import { CustomerCommands } from '../service/customer-commands.js';
import { CustomerReading } from '../service/customer-reading.js';
import type { CaseDoc } from './cases-view.js';
import { casesView } from './cases-view.js';

const STATUSES = ['open', 'erasing', 'waiting', 'erased', 'withdrawn'] as const;

export class CasesQuery {
  @Choice(STATUSES, { optional: true }) readonly status?: CaseDoc['status'];
  @Limit(100) readonly limit?: number;
  @Cursor() readonly cursor?: string;
  @After() readonly after?: string;
}

export class AfterQuery {
  @After() readonly after?: string;
}

/** A case number in a path. */
@Injectable()
export class CasePipe implements PipeTransform<string, CaseNumber> {
  transform(value: string): CaseNumber {
    return parseCaseNumber(value);
  }
}

/** Lists cases. Given by the application, which has the views. */
export abstract class CaseList {
  abstract page(
    status: CaseDoc['status'] | undefined,
    page: Page,
  ): Promise<readonly Row<CaseDoc>[]>;
}

/** Withdraws or closes a case on all entries that it covers. */
export class ChangeCase extends Command<readonly Outcome[] | Refusal> {
  constructor(
    readonly asking: Asking,
    readonly subjects: readonly SubjectId[],
    readonly command: 'withdraw-erasure' | 'close-case',
    readonly number: CaseNumber,
  ) {
    super();
  }
}

@CommandHandler(ChangeCase)
export class ChangeCaseHandler implements ICommandHandler<ChangeCase> {
  constructor(private readonly customers: CustomerCommands) {}

  execute({ asking, subjects, command, number }: ChangeCase) {
    return this.customers.onCase(asking, subjects, command, number);
  }
}

/** One case by its number. */
export class ReadCase extends BusQuery<CaseDoc | Refusal> {
  constructor(readonly number: CaseNumber) {
    super();
  }
}

@QueryHandler(ReadCase)
export class ReadCaseHandler implements IQueryHandler<ReadCase> {
  constructor(private readonly reading: CustomerReading) {}

  execute({ number }: ReadCase): Promise<CaseDoc | Refusal> {
    return this.reading.case(number);
  }
}

/** Cases of erasure: found by their number also when the person can no longer be found. */
@ApiTags('Erasures')
@Controller('api/erasures')
export class CasesController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
    private readonly cursors: Cursors,
    private readonly list: CaseList,
  ) {}

  @Get()
  @Inspects(FOR.everyone)
  @Answers(CasesAnswer)
  @ApiOperation({ summary: 'Cases, newest first.' })
  async cases(@Query() { status, limit = 50, cursor, after }: CasesQuery) {
    const list = `erasures:${status ?? ''}`;
    const place = this.cursors.after(list, cursor);
    await this.freshness.seen(casesView.name, after);
    const sort = { field: 'requestedAt', direction: -1 } as const;
    const rows = await this.list.page(status, { sort, limit, ...place });
    return {
      cases: rows.map(({ id, doc }) => ({ case: id, ...doc })),
      ...this.cursors.next(list, { rows, limit }, ({ id, doc }) => ({
        value: doc.requestedAt,
        id,
      })),
    };
  }

  @Get(':case')
  @Inspects(FOR.everyone)
  @Answers(CaseAnswer)
  @ApiOperation({ summary: 'The state of a case, with what waits and the signed receipts.' })
  async case(@Param('case', CasePipe) number: CaseNumber, @Query() { after }: AfterQuery) {
    await this.freshness.seen(casesView.name, after);
    const doc = granted(await this.queries.execute(new ReadCase(number)));
    return { case: number, ...doc };
  }

  @Post(':case/withdraw')
  @HttpCode(200)
  @Writes(FOR.officers)
  @ApiOperation({ summary: 'Withdraw what still waits; what has begun is not taken back.' })
  withdraw(
    @AskedBy() asking: EdgeAsking,
    @Param('case', CasePipe) number: CaseNumber,
    @Query() { after }: AfterQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, 'withdraw-erasure', number, after, reply);
  }

  @Post(':case/close')
  @HttpCode(200)
  @Writes(FOR.officers)
  @ApiOperation({ summary: 'The person has the answer; the reply address is destroyed.' })
  close(
    @AskedBy() asking: EdgeAsking,
    @Param('case', CasePipe) number: CaseNumber,
    @Query() { after }: AfterQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, 'close-case', number, after, reply);
  }

  async #change(
    asking: EdgeAsking,
    command: 'withdraw-erasure' | 'close-case',
    number: CaseNumber,
    after: string | undefined,
    reply: FastifyReply,
  ) {
    await this.freshness.seen(casesView.name, after);
    const { parts } = granted(await this.queries.execute(new ReadCase(number)));
    const subjects = parts.map((part) => part.subject as SubjectId);
    const change = new ChangeCase(asking, subjects, command, number);
    const outcomes = granted(await this.commands.execute(change));
    this.freshness.nudge();
    const isSeen = await this.freshness.forgotten(lastPosition(outcomes));
    if (!isSeen) reply.code(202).header('location', `/api/erasures/${number}`);
    return toldAll(reply, outcomes);
  }
}
