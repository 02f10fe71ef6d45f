import type { Fold, Outcome } from '#commands';
import { eventIdOf } from '#commands';
import type { CommandId, JsonObject, Refusal } from '#kernel';
import { derivedId, faultPoint, isRefusal } from '#kernel';
import type { LocalDate } from '#law';

import type { CustomerCommand } from '../commands.js';
import { needsOf } from '../decider.js';
import { customerStream } from '../ids.js';
import type { CustomerHandler } from '../service/customer-handler.js';
import type { CustomerState } from '../state.js';
import type { RowProblem } from './cells.js';
import type { CustomerRow } from './customer-rows.js';
import type { InvoiceRow } from './invoice-rows.js';
import type { CustomerRequest, RowAttempts } from './row-attempts.js';
import { rowRequest } from './row-attempts.js';
import type { RowIds } from './row-ids.js';

/** Steps of an import at which a crash is tested. */
export const IMPORT_FAULT_POINTS = ['import.before-row', 'import.after-row'] as const;

/** What became of a row: taken anew, taken as a change, unchanged since, or refused. */
export type RowOutcome = 'new' | 'changed' | 'unchanged' | RowProblem;

/**
 * Brings the rows of a source into the ledger, once: a row that was taken before is compared with
 * what it gave last.
 */
export class RowRecorder {
  constructor(
    private readonly with_: {
      readonly handler: CustomerHandler;
      readonly attempts: RowAttempts;
      readonly ids: RowIds;
      /** Source of the rows, as the map names it. */
      readonly source: string;
      /** Source of the customers that rows of invoices name. */
      readonly customerSource: string;
    },
  ) {}

  /** @throws Outage where a store is out: the import may be run again, and goes on */
  async record(row: CustomerRow | InvoiceRow): Promise<RowOutcome> {
    faultPoint('import.before-row');
    const outcome = row.kind === 'customers' ? await this.#customer(row) : await this.#invoice(row);
    faultPoint('import.after-row');
    return outcome;
  }

  async #customer(row: CustomerRow): Promise<RowOutcome> {
    const { handler, ids, source, attempts } = this.with_;
    const id = ids.row('customers', source, row.key);
    const subject = ids.customer(source, row.key);
    const { category, identity, contact, affiliation } = row;
    const content = contentOf({ row: 'customer', category, identity, contact, affiliation });
    const last = await handler.look(customerStream(subject), (fold) => lastOf(fold, id));
    if (last === undefined) {
      const command: CustomerCommand = {
        do: 'register',
        subject,
        category,
        identity,
        contact,
        affiliation,
      };
      // Looked at just now, the stream is not read again. Without a look a key that is lost would
      // be made anew.
      const request = { ...rowRequest(id, REGISTER, command, content), founding: true };
      const attempted = await attempts.register(request, identity.customerNumber);
      if (isRefusal(attempted)) return { problem: attempted.code };
      // Another import has taken it just now.
      return attempted === 'repeated' ? 'unchanged' : 'new';
    }
    const command = { do: 'update-profile', subject, ...row.changes } as const;
    const same = await this.#isSame(rowRequest(last.command, REGISTER, command, content));
    if (same !== false) return same === true ? 'unchanged' : same;
    if (last.category !== category) return { problem: 'category-fixed' };
    const next = derivedId<CommandId>(id, eventIdOf(last.command, last.events - 1));
    const needs = needsOf(command).map((needed) => ({ subject, category: needed }));
    const attempted = await attempts.carryOut(rowRequest(next, REGISTER, command, content, needs));
    if (isRefusal(attempted)) return { problem: attempted.code };
    return attempted === 'changed' ? 'changed' : 'unchanged';
  }

  async #invoice(row: InvoiceRow): Promise<RowOutcome> {
    const { attempts, handler } = this.with_;
    const { settledOn } = row;
    const request = this.#invoiceRequest(row, settledOn);
    const attempted = await attempts.carryOut(request);
    if (attempted === 'repeated') {
      return (await this.#gone(await handler.handle(request))) ?? 'unchanged';
    }
    if (!isRefusal(attempted)) return 'new';
    if (attempted.code !== REUSED) return { problem: attempted.code };
    // A voucher is what was printed: it is credited and written anew, never changed.
    return settledOn === undefined ? VOUCHER_FIXED : this.#settle(row, settledOn);
  }

  /** An invoice that the row gave when it was open, and of which it now says that it was paid. */
  async #settle(row: InvoiceRow, on: LocalDate): Promise<RowOutcome> {
    const opened = this.#invoiceRequest(row, undefined);
    const before = await this.with_.handler.handle(opened);
    if (isRefusal(before)) {
      return before.code === REUSED ? VOUCHER_FIXED : { problem: before.code };
    }
    const invoice = before.events.find(({ type }) => type === 'InvoiceOpened')?.data.invoice;
    if (typeof invoice !== 'string') return VOUCHER_FIXED;
    const { subject } = opened.command;
    const next = derivedId<CommandId>(opened.id, eventIdOf(opened.id, before.events.length - 1));
    const command: CustomerCommand = { do: 'settle-invoice', subject, invoice, on };
    const content = contentOf({ row: 'settlement', on });
    const request = rowRequest(next, 'accounting', command, content);
    const attempted = await this.with_.attempts.carryOut(request);
    if (!isRefusal(attempted)) return attempted === 'changed' ? 'changed' : 'unchanged';
    return attempted.code === REUSED ? VOUCHER_FIXED : { problem: attempted.code };
  }

  #invoiceRequest(row: InvoiceRow, settledOn: LocalDate | undefined): CustomerRequest {
    const { ids, source, customerSource } = this.with_;
    const subject = ids.customer(customerSource, row.customer);
    const { voucher } = row;
    const command: CustomerCommand = { do: 'record-invoice', subject, voucher, settledOn };
    const content = contentOf({ row: 'invoice', voucher, on: settledOn });
    return rowRequest(ids.row('invoices', source, row.key), 'accounting', command, content);
  }

  /** Whether a row is what its last command was given; a problem where nobody can tell any more. */
  async #isSame(request: CustomerRequest): Promise<boolean | RowProblem> {
    const outcome = await this.with_.handler.handle(request);
    if (isRefusal(outcome) && outcome.code === REUSED) return false;
    return (await this.#gone(outcome)) ?? true;
  }

  /** Whether what a command recorded was taken out of the ledger since. */
  async #gone(outcome: Outcome | Refusal): Promise<RowProblem | undefined> {
    if (isRefusal(outcome)) return { problem: outcome.code };
    const [ref] = outcome.events.flatMap((event) => event.data.sealed ?? []);
    if (ref === undefined) return undefined;
    return this.with_.handler.look(outcome.stream, ({ state }) => {
      const key = state.keys[ref.category]?.[ref.scope];
      if (key?.state === 'live') return undefined;
      if (key?.state === 'lost') return { problem: 'key-lost' };
      const isRectified = ref.category !== 'orders' && hasLiveIdentity(state);
      return { problem: isRectified ? 'deleted-since' : 'erased' };
    });
  }
}

const REGISTER = 'customer-register';
const REUSED = 'idempotency-key-reused';
const VOUCHER_FIXED: RowProblem = { problem: 'voucher-fixed' };

interface LastOfRow {
  readonly command: CommandId;
  /** How many events the command gave. */
  readonly events: number;
  readonly category: CustomerState['category'];
}

/** The row's newest command in the stream: each follows from the last event of the one before. */
function lastOf(fold: Readonly<Fold<CustomerState>>, row: CommandId): LastOfRow | undefined {
  let last: LastOfRow | undefined;
  for (let command = row; ;) {
    const range = fold.commands.get(command);
    if (range === undefined) return last;
    const events = range.last - range.first + 1;
    last = { command, events, category: fold.state.category };
    command = derivedId<CommandId>(row, eventIdOf(command, events - 1));
  }
}

function hasLiveIdentity(state: CustomerState): boolean {
  return Object.values(state.keys.identity ?? {}).some((key) => key.state === 'live');
}

/** Plain JSON, without what is undefined. */
function contentOf(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}
