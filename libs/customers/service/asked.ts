import type { SubjectId } from '#kernel';

import type { CustomerCommand } from '../commands.js';
import type { ReplyAddress, Voucher } from '../personal.js';
import type { Erasable, ErasureGround } from '../vocabulary.js';

/** A registration as it is asked for. */
export type Registration = Pick<
  Extract<CustomerCommand, { do: 'register' }>,
  'category' | 'identity' | 'contact' | 'affiliation'
>;

/** An order as it is asked for; the contact person is a customer of their own. */
export interface OrderAsked {
  readonly voucher: Voucher;
  readonly placedBy?: {
    readonly customer: SubjectId;
    readonly name: string;
    readonly title?: string;
  };
}

/** An erasure as it is asked for. */
export interface ErasureAsked {
  readonly ground: ErasureGround;
  readonly categories: readonly Erasable[];
  readonly reply?: ReplyAddress;
}
