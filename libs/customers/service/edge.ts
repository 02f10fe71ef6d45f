import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Query as BusQuery, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import {
  After,
  Answers,
  By,
  Choice,
  Cursor,
  Cursors,
  etag,
  Flag,
  FOR,
  Freshness,
  granted,
  Limit,
  Moment,
  Problem,
  Reads,
  SubjectPipe,
  Text,
} from '#edge';
import type { EdgeCaller } from '#edge';
import type { Instant, Position, Refusal, SubjectId } from '#kernel';
import { parseInstant, START } from '#kernel';
import type { Page } from '#views';

import { AsOfAnswer, CustomerAnswer, HistoryAnswer, SearchAnswer } from '../edge/answers.js';
import { customerAnswer } from '../edge/customer-answer.js';
import { customersView } from '../views/customers-view.js';
import { mentionsView } from '../views/mentions-view.js';
import { CUSTOMER_CATEGORIES } from '../vocabulary.js';
import type { CustomerAsOf } from './as-of.js';
import { CustomersAsOf } from './as-of.js';
import type { Caller } from './caller.js';
import { CustomerReading } from './customer-reading.js';
import type { CustomerShown } from './customer-reading.js';
import { CustomerSearch } from './customer-search.js';
import type { Found, SearchAsked } from './customer-search.js';
import { CustomerHistory } from './history.js';
import type { HistoryPage } from './history.js';

/** What customers are searched by: in a body, since no personal value stands in a URL. */
export class SearchBody {
  @Text(320, { optional: true }) readonly email?: string;
  @Text(60, { optional: true }) readonly phone?: string;
  @Text(40, { optional: true }) readonly customerNumber?: string;
  @Text(200, { optional: true, says: 'Beginnings of words of a name.' }) readonly name?: string;
  @Text(300, { optional: true, says: "Beginnings of words of an organisation's name." })
  readonly organisation?: string;
  @Choice(CUSTOMER_CATEGORIES, { optional: true }) readonly category?: string;
  @Flag({ optional: true }) readonly restricted?: boolean;
  @Flag({ optional: true }) readonly waiting?: boolean;
  @Flag({ optional: true }) readonly ended?: boolean;
  @Limit(100) readonly limit?: number;
  @Cursor() readonly cursor?: string;
  @After() readonly after?: string;
}

export class ReadQuery {
  @After() readonly after?: string;
}

export class HistoryQuery {
  @Limit(200) readonly limit?: number;
  @Cursor() readonly cursor?: string;
  @After() readonly after?: string;
}

export class AsOfQuery {
  @Moment({ says: 'The instant, with its zone.' }) readonly at!: string;
}

export class ReadCustomer extends BusQuery<readonly CustomerShown[] | Refusal> {
  constructor(
    readonly caller: Caller,
    readonly subject: SubjectId,
  ) {
    super();
  }
}

@QueryHandler(ReadCustomer)
export class ReadCustomerHandler implements IQueryHandler<ReadCustomer> {
  constructor(private readonly reading: CustomerReading) {}

  execute({ caller, subject }: ReadCustomer) {
    return this.reading.read(caller, subject);
  }
}

export class SearchCustomers extends BusQuery<Found> {
  constructor(
    readonly caller: Caller,
    readonly asked: SearchAsked,
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(SearchCustomers)
export class SearchCustomersHandler implements IQueryHandler<SearchCustomers> {
  constructor(private readonly search: CustomerSearch) {}

  execute({ caller, asked, page }: SearchCustomers): Promise<Found> {
    return this.search.search(caller, asked, page);
  }
}

export class ReadHistory extends BusQuery<HistoryPage | Refusal> {
  constructor(
    readonly caller: Caller,
    readonly subject: SubjectId,
    readonly page: { readonly after: Position; readonly limit: number },
  ) {
    super();
  }
}

@QueryHandler(ReadHistory)
export class ReadHistoryHandler implements IQueryHandler<ReadHistory> {
  constructor(private readonly history: CustomerHistory) {}

  execute({ caller, subject, page }: ReadHistory): Promise<HistoryPage | Refusal> {
    return this.history.of(caller, subject, page);
  }
}

export class ReadAsOf extends BusQuery<CustomerAsOf | Refusal> {
  constructor(
    readonly caller: Caller,
    readonly subject: SubjectId,
    readonly at: Instant,
  ) {
    super();
  }
}

@QueryHandler(ReadAsOf)
export class ReadAsOfHandler implements IQueryHandler<ReadAsOf> {
  constructor(private readonly customers: CustomersAsOf) {}

  execute({ caller, subject, at }: ReadAsOf): Promise<CustomerAsOf | Refusal> {
    return this.customers.of(caller, subject, at);
  }
}

/** Finding and reading customers. */
@ApiTags('Customers')
@Controller('api/customers')
export class ReadingController {
  constructor(
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
    private readonly cursors: Cursors,
  ) {}

  @Post('search')
  @HttpCode(200)
  @Reads(FOR.staff)
  @Answers(SearchAnswer)
  @ApiOperation({ summary: 'Find customers; conditions are joined by "and".' })
  async search(@By() caller: EdgeCaller, @Body() body: SearchBody) {
    const { limit = 25, cursor, after, ...asked } = body;
    const place = this.cursors.after('search', cursor);
    await this.freshness.seen(customersView.name, after);
    const search = new SearchCustomers(caller, asked, { limit, ...place });
    const { customers, count, next } = await this.queries.execute(search);
    const more = next && { cursor: this.cursors.seal('search', { ...next }) };
    return { customers: customers.map(customerAnswer), count, ...more };
  }

  @Get(':id')
  @Reads(FOR.everyone)
  @Answers(CustomerAnswer)
  @ApiOperation({ summary: 'Read a customer, with the entries that are one with it.' })
  async read(
    @By() caller: EdgeCaller,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Query() { after }: ReadQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.freshness.seen(customersView.name, after);
    const shown = granted(await this.queries.execute(new ReadCustomer(caller, subject)));
    const [own, ...others] = shown.map(customerAnswer);
    if (own === undefined) throw new Problem('customer-not-found', 'There is no such customer.');
    reply.header('etag', etag(own.revision));
    return { ...own, linkedEntries: others };
  }

  @Get(':id/history')
  @Reads(FOR.historians)
  @Answers(HistoryAnswer)
  @ApiOperation({ summary: 'What happened: who, when, why, from what source.' })
  async history(
    @By() caller: EdgeCaller,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Query() { limit = 50, cursor, after }: HistoryQuery,
  ) {
    const list = `history:${subject}`;
    const place = this.cursors.open(list, cursor);
    await this.freshness.seen(customersView.name, after);
    await this.freshness.seen(mentionsView.name, after);
    // A sealed cursor holds what this list has put into it.
    const from = typeof place?.position === 'string' ? (place.position as Position) : START;
    const history = new ReadHistory(caller, subject, { after: from, limit });
    const { entries, next } = granted(await this.queries.execute(history));
    return { entries, ...(next && { cursor: this.cursors.seal(list, { position: next }) }) };
  }

  @Get(':id/as-of')
  @Reads(FOR.historians)
  @Answers(AsOfAnswer)
  @ApiOperation({ summary: 'The state at an instant, as far as it may be shown today.' })
  async asOf(
    @By() caller: EdgeCaller,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Query() query: AsOfQuery,
  ) {
    const at = parseInstant(query.at, 'at');
    const then = granted(await this.queries.execute(new ReadAsOf(caller, subject, at)));
    return asOfAnswer(subject, then);
  }
}

/** What an auditor may know of a state; keys are named, and nothing of a key is in it. */
function asOfAnswer(id: SubjectId, { at, position, revision, state, values }: CustomerAsOf) {
  return {
    id,
    at,
    position,
    revision,
    category: state.category,
    endedOn: state.endedOn ?? null,
    restrictionGround: state.restriction ?? null,
    forbidden: state.forbidden,
    linked: state.linked,
    absorbed: state.absorbed,
    contactPersonOf: state.roles,
    orders: state.orders,
    invoices: state.invoices,
    cases: state.cases,
    values,
  };
}
