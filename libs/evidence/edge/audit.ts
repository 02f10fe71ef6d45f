import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import {
  Answers,
  Cursor,
  Cursors,
  FOR,
  Id,
  IdPipe,
  Inspects,
  Limit,
  Moment,
  Problem,
  SubjectPipe,
  Text,
} from '#edge';
import type { Position, SubjectId } from '#kernel';
import { canonicalJson, parseInstant } from '#kernel';

import type { FiguresJob, ListPart, ListPlace } from '../index.js';
import { filterOf, READS_NOT_RECORDED, TooManyJobs } from '../index.js';
import { AuditEvents, FiguresAnswer, TouchedAnswer } from './audit-answers.js';
import { AuditDesk } from './audit-desk.js';

/** Events after which a request waits no longer for its figures. */
const ENOUGH = 50_000;
const BUSY_SECONDS = 10;

export class AuditEventsQuery {
  @Moment({ optional: true, says: 'Recorded then or later.' }) readonly from?: string;
  @Moment({ optional: true, says: 'Recorded then or earlier.' }) readonly to?: string;
  @Text(64, { optional: true, says: 'Of the event catalogue.' }) readonly type?: string;
  @Text(64, { optional: true, says: 'Id of an account, or ledger.' }) readonly actor?: string;
  @Id({ optional: true, says: 'Whose stream.' }) readonly customer?: string;
  @Text(64, { optional: true, says: 'Code of a purpose.' }) readonly purpose?: string;
  @Limit(500) readonly limit?: number;
  @Cursor() readonly cursor?: string;
}

export class TouchedQuery {
  @Limit(500) readonly limit?: number;
  @Cursor() readonly cursor?: string;
}

export class FiguresBody {
  @Moment({ says: 'The instant, with its zone.' }) readonly at!: string;
}

/** The log as auditors read it: no value of a person is in any answer. */
@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  constructor(
    private readonly desk: AuditDesk,
    private readonly cursors: Cursors,
  ) {}

  @Get('events')
  @Inspects(FOR.historians)
  @Answers(AuditEvents)
  @ApiOperation({
    summary: 'Events of the log, or of one customer, with who, when, why, and no value.',
  })
  async events(@Query() { limit = 100, cursor, ...given }: AuditEventsQuery) {
    const filter = filterOf(given, (name) => this.desk.isEventType(name));
    const list = `audit-events:${canonicalJson({ ...filter })}`;
    const asked = { limit, ...this.#place(list, cursor) };
    const { found, ...rest } = there(await this.desk.auditor.events(filter, asked));
    return { events: found, ...this.#part(list, rest) };
  }

  @Get('customers/:id/touched')
  @Inspects(FOR.historians)
  @Answers(TouchedAnswer)
  @ApiOperation({
    summary: `Who touched this person, when, and why: all events of or about them. ${READS_NOT_RECORDED}`,
  })
  async touched(
    @Param('id', SubjectPipe) subject: SubjectId,
    @Query() { limit = 100, cursor }: TouchedQuery,
  ) {
    const list = `audit-touched:${subject}`;
    const asked = { limit, ...this.#place(list, cursor) };
    const { found, ...rest } = there(await this.desk.auditor.touched(subject, asked));
    return { touches: found, ...this.#part(list, rest) };
  }

  @Post('figures')
  @HttpCode(200)
  @Inspects(FOR.historians)
  @Answers(FiguresAnswer, { status: '2XX', says: '202: they are still being counted.' })
  @ApiOperation({
    summary: 'The register in numbers at an instant: customers, restricted, held, erased.',
  })
  async count(@Body() body: FiguresBody, @Res({ passthrough: true }) reply: FastifyReply) {
    const asked = parseInstant(body.at, 'at');
    const now = this.desk.now();
    const job = await this.#begun(asked < now ? asked : now);
    if (job.result === undefined) {
      reply.code(202).header('location', `/api/audit/figures/${job.id}`);
    }
    return told(job);
  }

  @Get('figures/:job')
  @Inspects(FOR.historians)
  @Answers(FiguresAnswer)
  @ApiOperation({
    summary: 'Figures that were asked for: how far they are, and then what they are.',
  })
  figures(@Param('job', IdPipe) id: string) {
    const job = this.desk.figures.find(id);
    if (job === undefined) {
      throw new Problem(
        'job-not-found',
        'This process counts no figures under this id. They are known to the process that was asked ' +
          'for them, for an hour: ask for them again.',
      );
    }
    return told(job);
  }

  async #begun(at: FiguresJob['at']): Promise<FiguresJob> {
    try {
      return await this.desk.figures.begin(at, ENOUGH);
    } catch (error) {
      if (!(error instanceof TooManyJobs)) throw error;
      throw new Problem(
        'jobs-running',
        'Other figures are being counted; ask again when they are.',
        {
          retryAfterSeconds: BUSY_SECONDS,
        },
      );
    }
  }

  #place(list: string, cursor: string | undefined): { readonly place?: ListPlace } {
    const place = this.cursors.open(list, cursor);
    if (place === undefined) return {};
    const { after, revision, until } = place;
    if (typeof after !== 'string' || typeof until !== 'string' || typeof revision !== 'number') {
      throw new Problem('cursor', 'The cursor is not one that this list has given.');
    }
    // A sealed cursor holds what this list has put into it.
    return { place: { after: after as Position, until: until as Position, revision } };
  }

  #part(list: string, { position, linked, next }: Omit<ListPart<unknown>, 'found'>) {
    const more = next === undefined ? {} : { cursor: this.cursors.seal(list, { ...next }) };
    return { position, linked, ...more };
  }
}

function there<Found>(part: ListPart<Found> | undefined): ListPart<Found> {
  if (part === undefined) throw new Problem('customer-not-found', 'No event is of this customer.');
  return part;
}

function told({ id, at, progress, result }: FiguresJob) {
  if (result === undefined) return { id, at, state: 'counting', progress, figures: null };
  const {
    position,
    treeSize = null,
    customers,
    restricted,
    held,
    erasing,
    erased,
    events,
  } = result;
  const figures = { position, treeSize, customers, restricted, held, erasing, erased, events };
  return { id, at, state: 'done', progress, figures };
}
