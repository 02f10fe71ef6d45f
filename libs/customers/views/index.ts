import { casesView } from './cases-view.js';
import { customersView } from './customers-view.js';
import { endingsView } from './endings-view.js';
import { mentionsView } from './mentions-view.js';
import { vouchersView } from './vouchers-view.js';

/** All read models of the register. */
export const customerViews = [
  customersView,
  vouchersView,
  casesView,
  endingsView,
  mentionsView,
] as const;

export { casesView, customersView, endingsView, mentionsView, vouchersView };
export type { CaseDoc, CasePart } from './cases-view.js';
export type { CustomerDoc, Gone } from './customers-view.js';
export type { EndingDoc } from './endings-view.js';
export type { MentionDoc } from './mentions-view.js';
export type { VoucherDoc } from './vouchers-view.js';
