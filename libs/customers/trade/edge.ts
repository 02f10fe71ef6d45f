import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { Query as BusQuery } from '@nestjs/cqrs';
import type { ICommandHandler, IQueryHandler } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import type { Outcome } from '#commands';
import {
  After,
  Answers,
  AskedBy,
  By,
  Choice,
  Cursor,
  Cursors,
  FOR,
  Freshness,
  granted,
  Id,
  IdPipe,
  Limit,
  Nested,
  Reads,
  SubjectPipe,
  Text,
  told,
  Writes,
} from '#edge';
import type { EdgeAsking, EdgeCaller } from '#edge';
import type { Refusal, SubjectId } from '#kernel';
import { uuidAs } from '#kernel';
import type { LocalDate } from '#law';
import type { Page } from '#views';

import type { CustomerCommand } from '../commands.js';
import { VoucherMade, VouchersAnswer } from '../edge/answers.js';
import { ChangeCustomer } from '../edge/bus.js';
import { voucherAnswer } from '../edge/customer-answer.js';
import { OnBody, VoucherBody } from '../edge/values.js';
import type { Asking, Caller } from '../service/caller.js';
import { CustomerCommands } from '../service/customer-commands.js';
import type { OrderAsked } from '../service/customer-commands.js';
import { CustomerReading } from '../service/customer-reading.js';
import type { VoucherShown } from '../service/customer-reading.js';
import { vouchersView } from '../views/vouchers-view.js';
import type { VoucherDoc } from '../views/vouchers-view.js';

/** The contact person who placed an order, a customer of their own. */
export class PlacedByBody {
  @Id() readonly customer!: string;
  @Text(500) readonly name!: string;
  @Text(200, { optional: true }) readonly title?: string;
}

export class OrderBody {
  @Nested(() => VoucherBody) readonly voucher!: VoucherBody;
  @Nested(() => PlacedByBody, { optional: true }) readonly placedBy?: PlacedByBody;
}

export class InvoiceBody {
  @Id({ optional: true, says: 'The order that it is for.' }) readonly order?: string;
  @Nested(() => VoucherBody) readonly voucher!: VoucherBody;
}

const STATUSES = ['recorded', 'cancelled', 'open', 'settled', 'credited'] as const;

export class VouchersQuery {
  @Choice(['order', 'invoice'], { optional: true }) readonly kind?: VoucherDoc['kind'];
  @Choice(STATUSES, { optional: true }) readonly status?: VoucherDoc['status'];
  @Limit(100) readonly limit?: number;
  @Cursor() readonly cursor?: string;
  @After() readonly after?: string;
}

/** Records an order, with the contact person who placed it. */
export class RecordOrder extends Command<Outcome | Refusal> {
  constructor(
    readonly asking: Asking,
    readonly subject: SubjectId,
    readonly order: OrderAsked,
  ) {
    super();
  }
}

@CommandHandler(RecordOrder)
export class RecordOrderHandler implements ICommandHandler<RecordOrder> {
  constructor(private readonly customers: CustomerCommands) {}

  execute({ asking, subject, order }: RecordOrder): Promise<Outcome | Refusal> {
    return this.customers.recordOrder(asking, subject, order);
  }
}

/** A customer's orders and invoices. */
export class ListVouchers extends BusQuery<readonly VoucherShown[] | Refusal> {
  constructor(
    readonly caller: Caller,
    readonly subject: SubjectId,
    readonly filter: Parameters<CustomerReading['vouchers']>[2],
    readonly page: Page,
  ) {
    super();
  }
}

@QueryHandler(ListVouchers)
export class ListVouchersHandler implements IQueryHandler<ListVouchers> {
  constructor(private readonly reading: CustomerReading) {}

  execute({ caller, subject, filter, page }: ListVouchers) {
    return this.reading.vouchers(caller, subject, filter, page);
  }
}

/** Orders, invoices and their collection. */
@ApiTags('Orders and invoices')
@Controller('api/customers/:id')
export class TradeController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly freshness: Freshness,
    private readonly cursors: Cursors,
  ) {}

  @Post('orders')
  @Writes(FOR.staff, VoucherMade)
  @ApiOperation({ summary: 'Record an order. Its id is in the answer.' })
  async order(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() body: OrderBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const asked = { voucher: body.voucher, ...placed(body.placedBy) };
    const recorded = new RecordOrder(asking, subject, asked);
    const outcome = granted(await this.commands.execute(recorded));
    return { id: outcome.events[0]?.data.order, ...told(reply, outcome) };
  }

  @Post('orders/:order/cancel')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Cancel an order.' })
  cancel(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Param('order', IdPipe) order: string,
    @Body() { on }: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, { do: 'cancel-order', subject, order, on: day(on) }, reply);
  }

  @Post('invoices')
  @Writes(FOR.staff, VoucherMade)
  @ApiOperation({ summary: 'Open an invoice. Its id is in the answer.' })
  async invoice(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Body() { order, voucher }: InvoiceBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const command = { do: 'open-invoice', subject, order: order?.toLowerCase(), voucher } as const;
    const outcome = granted(await this.commands.execute(new ChangeCustomer(asking, command)));
    return { id: outcome.events[0]?.data.invoice, ...told(reply, outcome) };
  }

  @Post('invoices/:invoice/settle')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'An invoice was paid; what it held may go.' })
  settle(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Param('invoice', IdPipe) invoice: string,
    @Body() { on }: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, { do: 'settle-invoice', subject, invoice, on: day(on) }, reply);
  }

  @Post('invoices/:invoice/credit')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'An invoice was credited; what it held may go.' })
  credit(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Param('invoice', IdPipe) invoice: string,
    @Body() { on }: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, { do: 'credit-invoice', subject, invoice, on: day(on) }, reply);
  }

  @Post('invoices/:invoice/collection/start')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'An unpaid invoice went to collection.' })
  collect(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Param('invoice', IdPipe) invoice: string,
    @Body() { on }: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, { do: 'start-collection', subject, invoice, on: day(on) }, reply);
  }

  @Post('invoices/:invoice/collection/end')
  @HttpCode(200)
  @Writes(FOR.staff)
  @ApiOperation({ summary: 'Collection of an invoice ended; what it held may go.' })
  endCollection(
    @AskedBy() asking: EdgeAsking,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Param('invoice', IdPipe) invoice: string,
    @Body() { on }: OnBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.#change(asking, { do: 'end-collection', subject, invoice, on: day(on) }, reply);
  }

  @Get('vouchers')
  @Reads(FOR.everyone)
  @Answers(VouchersAnswer)
  @ApiOperation({ summary: 'Orders and invoices, newest first, those of linked entries too.' })
  async vouchers(
    @By() caller: EdgeCaller,
    @Param('id', SubjectPipe) subject: SubjectId,
    @Query() query: VouchersQuery,
  ) {
    const { kind, status, limit = 50, cursor, after } = query;
    const list = `vouchers:${subject}`;
    const place = this.cursors.after(list, cursor);
    await this.freshness.seen(vouchersView.name, after);
    const filter = { ...(kind && { kind }), ...(status && { status }) };
    const page: Page = { sort: { field: 'at', direction: -1 }, limit, ...place };
    const found = new ListVouchers(caller, subject, filter, page);
    const shown = granted(await this.queries.execute(found));
    return {
      vouchers: shown.map(voucherAnswer),
      ...this.cursors.next(list, { rows: shown, limit }, ({ id, doc }) => ({ value: doc.at, id })),
    };
  }

  /** What ends a hold may let a waiting erasure begin. */
  async #change(asking: EdgeAsking, command: CustomerCommand, reply: FastifyReply) {
    const outcome = granted(await this.commands.execute(new ChangeCustomer(asking, command)));
    this.freshness.nudge();
    return told(reply, outcome);
  }
}

function placed(by: PlacedByBody | undefined): Pick<OrderAsked, 'placedBy'> {
  if (by === undefined) return {};
  const { name, title } = by;
  const customer = uuidAs<SubjectId>(by.customer, 'placedBy.customer');
  return { placedBy: { customer, name, ...(title === undefined ? {} : { title }) } };
}

/** The rule of the DTO has found that the day exists. */
function day(text: string): LocalDate {
  return text as LocalDate;
}
