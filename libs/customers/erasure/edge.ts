import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { ICommandHandler, IQueryHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Outcome } from '#commands';
import {
  Answers,
  AskedBy,
  Choice,
  Choices,
  FOR,
  Freshness,
  granted,
  lastPosition,
  Nested,
  Reads,
  SubjectPipe,
  told,
  toldAll,
  Writes,
} from '#edge';
import type { EdgeAsking } from '#edge';
import type { Refusal, SubjectId } from '#kernel';
import { isRefusal } from '#kernel';

import { ErasureAnswer, PreviewAnswer } from '../edge/answers.js';
import { ReplyAddressBody } from '../edge/values.js';
import type { CaseNumber } from '../ids.js';
import type { Asking } from '../service/caller.js';
import { CustomerCommands } from '../service/customer-commands.js';
import type { ErasureAsked } from '../service/customer-commands.js';
import { CustomerReading } from '../service/customer-reading.js';
import type { Previewed } from '../service/preview.js';
import { ERASABLE, ERASURE_GROUNDS } from '../vocabulary.js';
import type { Erasable, ErasureGround } from '../vocabulary.js';

const ALL = { optional: true, says: 'All that can be erased, if left out.' } as const;

export class PreviewBody {
  @Choices(ERASABLE, ALL) readonly categories?: Erasable[];
}

export class ErasureBody {
  @Choice(ERASURE_GROUNDS, { says: 'Art. 17(1)(a) to (f).' }) readonly ground!: ErasureGround;
  @Choices(ERASABLE, ALL) readonly categories?: Erasable[];
  @Nested(() => ReplyAddressBody, { optional: true, says: 'Where the answer goes.' })
  readonly reply?: ReplyAddressBody;
}

/** What an erasure needs of the ledger besides commands. Given by the application. */
export abstract class ErasureDesk {
  abstract preview(
    subject: SubjectId,
    categories: readonly Erasable[],
  ): Promise<readonly Previewed[] | Refusal>;
  abstract acceptLostKeys(asking: Asking, subject: SubjectId): Promise<Outcome | Refusal>;
}

type Requested = Awaited<ReturnType<CustomerCommands['requestErasure']>>;

/** Asks for an erasure. */
export class RequestErasure extends Command<Requested> {
  constructor(
    readonly asking: Asking,
    readonly subject: SubjectId,
    readonly asked: ErasureAsked,
  ) {
    super();
  }
}

@CommandHandler(RequestErasure)
export class RequestErasureHandler implements ICommandHandler<RequestErasure> {
  constructor(private readonly customers: CustomerCommands) {}

  execute({ asking, subject, asked }: RequestErasure): Promise<Requested> {
    return this.customers.requestErasure(asking, subject, asked);
  }
}

/** Accepts that keys are lost. */
export class AcceptLostKeys extends Command<Outcome | Refusal> {
  constructor(
    readonly asking: Asking,
    readonly subject: SubjectId,
  ) {
    super();
  }
}

@CommandHandler(AcceptLostKeys)
export class AcceptLostKeysHandler implements ICommandHandler<AcceptLostKeys> {
  constructor(private readonly desk: ErasureDesk) {}

  execute({ asking, subject }: AcceptLostKeys): Promise<Outcome | Refusal> {
    return this.desk.acceptLostKeys(asking, subject);
  }
}

/** What an erasure would take and leave. */
export class PreviewErasure extends Query<readonly Previewed[] | Refusal> {
  constructor(
    readonly subject: SubjectId,
    readonly categories: readonly Erasable[],
  ) {
    super();
  }
}

@QueryHandler(PreviewErasure)
export class PreviewErasureHandler implements IQueryHandler<PreviewErasure> {
  constructor(private readonly desk: ErasureDesk) {}

  execute({ subject, categories }: PreviewErasure) {
    return this.desk.preview(subject, categories);
  }
}

/** Erasure of one customer (Art. 17), on the whole linked set. */
@ApiTags('Rights')
@Controller('api/customers/:id')
export class ErasureController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
    private readonly reading: CustomerReading,
  ) {}

  @Post('erasure/preview')
  @HttpCode(200)
  @Reads(FOR.officers)
  @Answers(PreviewAnswer)
  @ApiOperation({ summary: 'What would go now, what waits, for what and until when.' })
  async preview(
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() { categories = [...ERASABLE] }: PreviewBody,
  ) {
    const preview = new PreviewErasure(subject, categories);
    const entries = granted(await this.queries.execute(preview));
    return {
      entries: entries.map(({ subject: id, weighed: { free, waits } }) => ({
        customer: id,
        goesNow: free.map(({ category, scope }) => ({ category, scope })),
        waits,
      })),
    };
  }

  @Post('erasure')
  @HttpCode(200)
  @Writes(FOR.officers, ErasureAnswer)
  @ApiOperation({
    summary: 'Erase. 200: what no hold covers is gone; 202: begun, see Location.',
  })
  async request(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() { ground, categories = [...ERASABLE], reply: address }: ErasureBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { ground, categories, ...(address === undefined ? {} : { reply: address }) };
    const request = new RequestErasure(asking, subject, asked);
    const requested = granted(await this.commands.execute(request));
    this.freshness.nudge();
    const { case: number, outcomes } = requested;
    const isDone = await this.#done(number, lastPosition(outcomes));
    reply.code(isDone ? 200 : 202).header('location', `/api/erasures/${number}`);
    const found = await this.reading.case(number);
    const status = isRefusal(found) ? 'open' : found.status;
    return { case: number, status, ...toldAll(reply, outcomes) };
  }

  @Post('lost-keys')
  @HttpCode(200)
  @Writes(FOR.officers)
  @ApiOperation({ summary: 'Accept that keys of this customer are lost, which is not an erasure.' })
  async lostKeys(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return told(reply, granted(await this.commands.execute(new AcceptLostKeys(asking, subject))));
  }

  /** Views have forgotten, and every part has its receipt or waits. */
  async #done(number: CaseNumber, position: string): Promise<boolean> {
    if (!(await this.freshness.forgotten(position))) return false;
    return this.freshness.until(async () => {
      const found = await this.reading.case(number);
      return !isRefusal(found) && found.parts.every((part) => part.status !== 'erasing');
    });
  }
}
