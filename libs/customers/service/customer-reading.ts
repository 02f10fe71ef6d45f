import type { Refusal, SubjectId } from '#kernel';
import { refuse } from '#kernel';
import type { EventLog } from '#event-log';
import type { Opener } from '#vault';
import type { Filter, Page, Row, Views } from '#views';

import type { CaseNumber } from '../ids.js';
import { customerStream } from '../ids.js';
import type { CustomerPolicy } from '../policy.js';
import type { CaseDoc } from '../views/cases-view.js';
import { casesView } from '../views/cases-view.js';
import type { CustomerDoc } from '../views/customers-view.js';
import { customersView } from '../views/customers-view.js';
import type { VoucherDoc } from '../views/vouchers-view.js';
import { vouchersView } from '../views/vouchers-view.js';
import { restrictedFor, withholding } from './access.js';
import type { Caller } from './caller.js';
import { readAt } from './log-reading.js';
import type { ShownValue, ShownValues } from './values.js';
import { showCustomers, shownValue } from './values.js';

/** One entry of the register as a caller sees it. */
export interface CustomerShown {
  readonly id: SubjectId;
  readonly doc: CustomerDoc;
  readonly values: ShownValues;
}

/** An order or invoice as a caller sees it. */
export interface VoucherShown {
  readonly id: string;
  readonly doc: VoucherDoc;
  readonly content: ShownValue;
}

/** What reading works with. */
export interface Reading {
  readonly log: EventLog;
  readonly views: Views;
  readonly opener: Opener;
  readonly policy: CustomerPolicy;
}

/** The register as it is now, from the views; values are opened here and not kept. */
export class CustomerReading {
  constructor(private readonly with_: Reading) {}

  /** A customer and the entries that are one with it, the asked one first. */
  async read(caller: Caller, id: SubjectId): Promise<readonly CustomerShown[] | Refusal> {
    const set = await this.linkedDocs(id);
    if (set.length === 0) return customerNotFound();
    const refused = restrictedFor(
      caller,
      set.map(({ doc }) => doc),
      this.with_.policy,
    );
    return refused ?? this.show(caller, set);
  }

  /** The documents of a linked set; none where there is no such customer. */
  async linkedDocs(id: SubjectId): Promise<{ id: SubjectId; doc: CustomerDoc }[]> {
    const found = new Map<SubjectId, CustomerDoc>();
    const wanted: SubjectId[] = [id];
    for (const next of wanted) {
      if (found.has(next)) continue;
      const row = await this.with_.views.get(customersView, next);
      if (row === undefined) continue;
      found.set(next, row.doc);
      wanted.push(...row.doc.linked.map((other) => other as SubjectId));
    }
    return [...found].map(([subject, doc]) => ({ id: subject, doc }));
  }

  /** Opens the current values of customers for a caller. */
  async show(
    caller: Caller,
    customers: readonly { readonly id: SubjectId; readonly doc: CustomerDoc }[],
  ): Promise<readonly CustomerShown[]> {
    const { opener, policy } = this.with_;
    const values = await showCustomers(opener, caller, policy, customers);
    return customers.map(({ id, doc }, at) => ({ id, doc, values: values[at] ?? {} }));
  }

  /** A customer's orders and invoices, newest first, those of linked entries too. */
  async vouchers(
    caller: Caller,
    id: SubjectId,
    filter: { readonly kind?: VoucherDoc['kind']; readonly status?: VoucherDoc['status'] },
    page: Page,
  ): Promise<readonly VoucherShown[] | Refusal> {
    const set = await this.linkedDocs(id);
    const [own] = set;
    if (own === undefined) return customerNotFound();
    const refused = restrictedFor(
      caller,
      set.map(({ doc }) => doc),
      this.with_.policy,
    );
    if (refused !== undefined) return refused;
    const subjects: Filter = { subject: { $in: set.map(({ id: member }) => member) } };
    const rows = await this.with_.views.find(vouchersView, { ...subjects, ...filter }, page);
    return Promise.all(rows.map((row) => this.#voucher(caller, row, set)));
  }

  /** An erasure case by its number: found also when the person no longer is. */
  async case(number: CaseNumber): Promise<CaseDoc | Refusal> {
    const row = await this.with_.views.get(casesView, number);
    return (
      row?.doc ?? refuse('not-found', 'case-not-found', 'There is no case with this number (yet).')
    );
  }

  async #voucher(
    caller: Caller,
    row: Row<VoucherDoc>,
    set: readonly { readonly id: SubjectId; readonly doc: CustomerDoc }[],
  ): Promise<VoucherShown> {
    const { id, doc } = row;
    const subject = doc.subject as SubjectId;
    const owner = set.find((member) => member.id === subject);
    const why = owner && withholding(caller, owner.doc, 'orders', this.with_.policy);
    if (why !== undefined) return { id, doc, content: { state: 'withheld', why } };
    const event = await readAt(this.with_.log, customerStream(subject), doc.at);
    const opened = await this.with_.opener.openEvent(event, ['orders']);
    const mine = opened.find(({ ref }) => ref.subject === subject);
    const content: ShownValue =
      mine === undefined ? { state: 'withheld', why: 'lost' } : shownValue(mine.opening);
    return { id, doc, content };
  }
}

/** There is no such customer, or its registration is not in the views yet. */
export function customerNotFound(): Refusal {
  return refuse('not-found', 'customer-not-found', 'There is no customer with this id.');
}
