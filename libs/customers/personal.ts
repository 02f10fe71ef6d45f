import { Type } from 'typebox';
import type { Static } from 'typebox';

/**
 * The values that lie inside envelopes. They are described here for readers of the catalogue; the
 * log never holds them in clear.
 */
const text = (max: number) => Type.String({ minLength: 1, maxLength: max });

/** Category `identity`: who the customer is. */
export const Identity = Type.Object(
  {
    /** The controller's own number for the customer. Unique; fixed at registration. */
    customerNumber: Type.Optional(text(40)),
    firstName: Type.Optional(text(200)),
    lastName: Type.Optional(text(200)),
    /** Set where the customer is an organisation rather than a person. */
    organisationName: Type.Optional(text(300)),
    businessId: Type.Optional(text(40)),
  },
  { additionalProperties: false },
);
export type Identity = Static<typeof Identity>;

/** Category `affiliation`: the organisation that the person represents, and as what. */
export const Affiliation = Type.Object(
  { organisation: text(300), title: Type.Optional(text(200)) },
  { additionalProperties: false },
);
export type Affiliation = Static<typeof Affiliation>;

export const PostalAddress = Type.Object(
  {
    street: Type.Optional(text(300)),
    postalCode: Type.Optional(text(40)),
    city: Type.Optional(text(200)),
    region: Type.Optional(text(200)),
    country: Type.Optional(text(100)),
  },
  { additionalProperties: false },
);
export type PostalAddress = Static<typeof PostalAddress>;

/** Category `contact`: how the customer is reached. */
export const Contact = Type.Object(
  {
    email: Type.Optional(text(320)),
    phone: Type.Optional(text(60)),
    address: Type.Optional(PostalAddress),
  },
  { additionalProperties: false },
);
export type Contact = Static<typeof Contact>;

/** The buyer as printed on a voucher: stays with it when the register's own entry goes. */
export const Buyer = Type.Object(
  { name: Type.Optional(text(500)), address: Type.Optional(PostalAddress) },
  { additionalProperties: false },
);
export type Buyer = Static<typeof Buyer>;

/** A decimal amount, a point between units and cents: `12.50`. */
export const Amount = Type.String({ pattern: '^-?[0-9]{1,12}(\\.[0-9]{1,4})?$' });
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' });

/** Category `orders`: an order or an invoice, a voucher in the sense of 1336/1997. */
export const Voucher = Type.Object(
  {
    number: Type.Optional(text(60)),
    /** Business date: the financial year that holds it decides how long the law keeps it. */
    date: Type.String({ format: 'date' }),
    dueDate: Type.Optional(Type.String({ format: 'date' })),
    buyer: Buyer,
    lines: Type.Optional(
      Type.Array(
        Type.Object(
          {
            description: text(500),
            quantity: Type.Optional(Amount),
            amount: Type.Optional(Amount),
          },
          { additionalProperties: false },
        ),
        { maxItems: 500 },
      ),
    ),
    total: Amount,
    currency: Currency,
  },
  { additionalProperties: false },
);
export type Voucher = Static<typeof Voucher>;

/** Category `affiliation`, on an organisation's order: the contact person who placed it. */
export const Mention = Type.Object(
  { name: text(500), title: Type.Optional(text(200)) },
  { additionalProperties: false },
);
export type Mention = Static<typeof Mention>;

/** Category `correspondence`: where the answer to a request goes. Lives as long as its case. */
export const ReplyAddress = Type.Object(
  {
    name: Type.Optional(text(500)),
    email: Type.Optional(text(320)),
    address: Type.Optional(PostalAddress),
    language: Type.Enum(['fi', 'sv', 'en']),
  },
  { additionalProperties: false },
);
export type ReplyAddress = Static<typeof ReplyAddress>;
