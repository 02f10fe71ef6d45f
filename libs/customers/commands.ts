import type { EventId, KeyId, Scope, SubjectId } from '#kernel';
import type { LocalDate } from '#law';

import type { Wait } from './erasure/events.js';
import type { CaseNumber } from './ids.js';
import type { Affiliation, Contact, Identity, Mention, ReplyAddress, Voucher } from './personal.js';
import type {
  CustomerCategory,
  Erasable,
  ErasureGround,
  RestrictionGround,
  Use,
} from './vocabulary.js';

/** A change to a value: a field that is null is removed, one that is left out stays. */
export type Changes<Value> = { readonly [Field in keyof Value]?: Value[Field] | null };

/** A contact person named on an organisation's order, with the key that their own stream names. */
export interface PlacedBy {
  readonly subject: SubjectId;
  readonly scope: Scope;
  readonly key: KeyId;
  readonly mention: Mention;
}

interface OnInvoice {
  readonly invoice: string;
  readonly on: LocalDate;
}

/** What can be asked of a customer's stream. Amounts of checking: form at the edge, facts here. */
export type CustomerCommand = { readonly subject: SubjectId } & (
  | {
      readonly do: 'register';
      readonly category: CustomerCategory;
      readonly identity: Identity;
      readonly contact?: Contact | undefined;
      readonly affiliation?: Affiliation | undefined;
    }
  | { readonly do: 'update-identity'; readonly changes: Changes<Identity> }
  | { readonly do: 'update-contact'; readonly changes: Changes<Contact> }
  | { readonly do: 'update-affiliation'; readonly changes: Changes<Affiliation> }
  /** Changes of several categories at once, as an old register hands over a changed entry. */
  | {
      readonly do: 'update-profile';
      readonly identity?: Changes<Identity> | undefined;
      readonly contact?: Changes<Contact> | undefined;
      readonly affiliation?: Changes<Affiliation> | undefined;
    }
  | {
      readonly do: 'start-contact-role';
      readonly organisation: SubjectId;
      readonly affiliation: Affiliation;
      readonly on: LocalDate;
    }
  | { readonly do: 'end-contact-role'; readonly organisation: SubjectId; readonly on: LocalDate }
  | {
      readonly do: 'record-order';
      /** Given where the caller has an id of its own for it (an import); else minted. */
      readonly order?: string | undefined;
      readonly voucher: Voucher;
      readonly placedBy?: PlacedBy | undefined;
    }
  | { readonly do: 'cancel-order'; readonly order: string; readonly on: LocalDate }
  | {
      readonly do: 'open-invoice';
      readonly invoice?: string | undefined;
      readonly order?: string | undefined;
      readonly voucher: Voucher;
    }
  | ({ readonly do: 'settle-invoice' | 'credit-invoice' } & OnInvoice)
  | ({ readonly do: 'start-collection' | 'end-collection' } & OnInvoice)
  /** An order and its invoice at once, as an old register hands them over; paid if it says when. */
  | {
      readonly do: 'record-invoice';
      readonly voucher: Voucher;
      readonly settledOn?: LocalDate | undefined;
    }
  | { readonly do: 'end-customership' | 'resume-customership'; readonly on: LocalDate }
  | { readonly do: 'merge'; readonly with: SubjectId; readonly role: 'kept' | 'absorbed' }
  | { readonly do: 'forbid-use' | 'allow-use'; readonly use: Use }
  | { readonly do: 'restrict'; readonly ground: RestrictionGround }
  | { readonly do: 'lift-restriction'; readonly toldAt: string }
  | {
      readonly do: 'request-erasure';
      readonly case: CaseNumber;
      readonly ground: ErasureGround;
      readonly categories: readonly Erasable[];
      readonly reply?: ReplyAddress | undefined;
    }
  | {
      readonly do: 'withdraw-erasure' | 'continue-erasure' | 'close-case';
      readonly case: CaseNumber;
    }
  | { readonly do: 'complete-erasure'; readonly completion: Completion }
  | {
      readonly do: 'complete-ending';
      readonly cause: string;
      readonly keys: readonly { readonly key: KeyId; readonly fingerprint: string }[];
    }
  | {
      readonly do: 'repeat-erasure';
      readonly keys: readonly KeyId[];
      readonly knownBy: readonly ('log' | 'anchor' | 'tombstone')[];
      readonly first: string;
    }
  | {
      readonly do: 'disclose-envelope';
      /** The event whose envelope it is, of whatever stream. */
      readonly event: EventId;
      /** The key that it lies under, of this customer. */
      readonly key: KeyId;
      /** Code of a recipient of the register definition. */
      readonly recipient: string;
    }
  | { readonly do: 'record-key-lost'; readonly keys: readonly KeyId[] }
  | { readonly do: 'drop-reservation' }
);

/** What the erasure process has done and signed: the body of SubjectErased. */
export interface Completion {
  readonly started: string;
  readonly keys: readonly {
    readonly category: Erasable;
    readonly scope: Scope;
    readonly key: KeyId;
    readonly fingerprint: string;
    readonly destroyedAt: string;
  }[];
  readonly stores: readonly string[];
  readonly disclosed: readonly string[];
  readonly unreadableSince: string;
  readonly unreadableInCopiesBy: string;
  readonly signature: string;
  readonly signer: string;
  readonly kept: readonly Wait[];
}

/** The one command of a kind. */
export type CommandOf<Do extends CustomerCommand['do']> = Extract<CustomerCommand, { do: Do }>;
