import type { CustomerShown, VoucherShown } from '../service/customer-reading.js';

/** A customer as an answer shows it: of the document only what is named here, never an envelope. */
export function customerAnswer({ id, doc, values }: CustomerShown) {
  return {
    id,
    revision: doc.revision,
    category: doc.category,
    notice: doc.notice,
    registeredAt: doc.registeredAt,
    changedAt: doc.changedAt,
    endedOn: doc.ended,
    restricted: doc.restricted,
    restrictionGround: doc.restrictionGround,
    waiting: doc.waiting,
    waitingCases: doc.waitingCases,
    forbidden: doc.forbidden,
    linked: doc.linked,
    absorbed: doc.absorbed,
    contactPersonOf: doc.roles,
    erased: doc.erased,
    values,
  };
}

/** An order or invoice as an answer shows it. */
export function voucherAnswer({ id, doc, content }: VoucherShown) {
  return {
    id,
    customer: doc.subject,
    kind: doc.kind,
    order: doc.order,
    financialYear: doc.financialYear,
    status: doc.status,
    collecting: doc.collecting,
    on: doc.on,
    recordedAt: doc.recordedAt,
    content,
  };
}
