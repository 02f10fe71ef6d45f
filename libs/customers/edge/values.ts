import { Amount, Choice, Currency, Day, ListOf, Nested, Text } from '#edge';

/** A postal address as it is sent. */
export class PostalAddressBody {
  @Text(300, { optional: true }) readonly street?: string;
  @Text(40, { optional: true }) readonly postalCode?: string;
  @Text(200, { optional: true }) readonly city?: string;
  @Text(200, { optional: true }) readonly region?: string;
  @Text(100, { optional: true }) readonly country?: string;
}

/** Who the customer is, as it is sent. */
export class IdentityBody {
  @Text(40, { optional: true, says: "The controller's own number for the customer; unique." })
  readonly customerNumber?: string;
  @Text(200, { optional: true }) readonly firstName?: string;
  @Text(200, { optional: true }) readonly lastName?: string;
  @Text(300, { optional: true, says: 'Set where the customer is an organisation.' })
  readonly organisationName?: string;
  @Text(40, { optional: true }) readonly businessId?: string;
}

/** How the customer is reached, as it is sent. */
export class ContactBody {
  @Text(320, { optional: true }) readonly email?: string;
  @Text(60, { optional: true }) readonly phone?: string;
  @Nested(() => PostalAddressBody, { optional: true }) readonly address?: PostalAddressBody;
}

/** The organisation that a person represents, and as what. */
export class AffiliationBody {
  @Text(300) readonly organisation!: string;
  @Text(200, { optional: true }) readonly title?: string;
}

/** The buyer as printed on a voucher. */
export class BuyerBody {
  @Text(500, { optional: true }) readonly name?: string;
  @Nested(() => PostalAddressBody, { optional: true }) readonly address?: PostalAddressBody;
}

/** One line of a voucher. */
export class VoucherLineBody {
  @Text(500) readonly description!: string;
  @Amount({ optional: true }) readonly quantity?: string;
  @Amount({ optional: true }) readonly amount?: string;
}

/** An order or an invoice, a voucher in the sense of 1336/1997. */
export class VoucherBody {
  @Text(60, { optional: true }) readonly number?: string;
  @Day({ says: 'Business date: its financial year decides how long the law keeps it.' })
  readonly date!: string;
  @Day({ optional: true }) readonly dueDate?: string;
  @Nested(() => BuyerBody) readonly buyer!: BuyerBody;
  @ListOf(() => VoucherLineBody, 500, { optional: true }) readonly lines?: VoucherLineBody[];
  @Amount({ example: '12.50' }) readonly total!: string;
  @Currency({ example: 'EUR' }) readonly currency!: string;
}

/** Where the answer to a request goes. */
export class ReplyAddressBody {
  @Text(500, { optional: true }) readonly name?: string;
  @Text(320, { optional: true }) readonly email?: string;
  @Nested(() => PostalAddressBody, { optional: true }) readonly address?: PostalAddressBody;
  @Choice(['fi', 'sv', 'en']) readonly language!: 'fi' | 'sv' | 'en';
}

/** A day on which something came into force. */
export class OnBody {
  @Day({ says: 'The day on which it happened.' }) readonly on!: string;
}
