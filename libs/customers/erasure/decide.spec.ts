import { describe, expect, it } from '@jest/globals';

import { instantOf } from '#kernel';

import type { CustomerDraft } from '../event-types.js';
import {
  ACME,
  ANNA,
  CASE,
  CLAIMS,
  contact,
  erasureDeferred,
  erasureRequested,
  erasureStarted,
  eventId,
  given,
  INVOICE,
  invoiceOpened,
  keyFor,
  onInvoice,
  ORDER,
  orderRecorded,
  OTHER_CASE,
  part,
  registered,
  reply,
  replyTo,
  roleEnded,
  roleStarted,
  scope,
  sealedFor,
} from '../testing/index.js';
import type { Completion } from '../commands.js';
import { ERASABLE, ERASURE_GROUNDS } from '../vocabulary.js';
import type { Wait } from './events.js';

const request = {
  do: 'request-erasure',
  subject: ANNA,
  case: CASE,
  ground: 'no-longer-needed',
  categories: ERASABLE,
} as const;
const goOn = { do: 'continue-erasure', subject: ANNA, case: CASE } as const;
const withdraw = { do: 'withdraw-erasure', subject: ANNA, case: CASE } as const;
const close = { do: 'close-case', subject: ANNA, case: CASE } as const;
const withdrawn: CustomerDraft = { type: 'ErasureWithdrawn', data: { case: CASE } };

const all = [part('identity', 'g1'), part('affiliation', 'g1'), part('contact', 'g1')];
const openInvoice: Wait['holds'][number] = { hold: 'open-invoice', invoice: INVOICE };
const role: Wait['holds'][number] = { hold: 'contact-person', organisation: ACME };
const wait = (category: Wait['category'], inScope: string, ...holds: Wait['holds']): Wait => ({
  category,
  scope: inScope,
  holds,
});
const invoiced = [
  wait('identity', 'g1', openInvoice),
  wait('contact', 'g1', openInvoice),
  wait('orders', '2026-12-31', openInvoice, { hold: 'statutory', until: '2032-12-31' }),
];

describe('a request', () => {
  it('with nothing that holds begins at once, and seals the reply address under its case', () => {
    given(registered)
      .when({ ...request, reply })
      .then(erasureRequested(CASE, ERASABLE, [replyTo(CASE)]), erasureStarted(CASE, ...all));
  });

  it('begins with what no hold covers, and tells what waits for what', () => {
    given(registered, invoiceOpened(INVOICE, '2026-01-05'))
      .when(request)
      .then(
        erasureRequested(CASE, ERASABLE),
        erasureStarted(CASE, part('affiliation', 'g1')),
        erasureDeferred(CASE, ...invoiced),
      );
  });

  it('only waits where everything is held', () => {
    given(registered, roleStarted(ACME))
      .when({ ...request, categories: ['identity', 'contact'] })
      .then(
        erasureRequested(CASE, ['identity', 'contact']),
        erasureDeferred(CASE, wait('identity', 'g1', role), wait('contact', 'g1', role)),
      );
  });

  it('is recorded also where there is nothing to erase', () => {
    given(registered)
      .when({ ...request, categories: ['orders'] })
      .then(erasureRequested(CASE, ['orders']));
  });

  it.each(ERASURE_GROUNDS)('names its ground: %s (Art. 17(1))', (ground) => {
    given(registered)
      .when({ ...request, ground, categories: ['orders'] })
      .then({
        type: 'ErasureRequested',
        data: { case: CASE, ground, categories: ['orders'], answerBy: '2026-04-02' },
      });
  });

  it('is to be answered within a month of its day in Helsinki', () => {
    // 31 January in Helsinki, and still the 30th in UTC.
    given(registered)
      .at(instantOf(Date.UTC(2026, 0, 30, 22, 30)))
      .when({ ...request, categories: ['orders'] })
      .then({
        type: 'ErasureRequested',
        data: {
          case: CASE,
          ground: 'no-longer-needed',
          categories: ['orders'],
          answerBy: '2026-03-02',
        },
      });
  });

  it('of a case that is there already is refused', () => {
    given(registered, erasureRequested(CASE, ['orders']))
      .when(request)
      .thenRefused('case-exists');
  });

  it('leaves out what another case has begun with', () => {
    given(registered, erasureRequested(OTHER_CASE, ['contact']), erasureStarted(OTHER_CASE, ...all))
      .when(request)
      .then(erasureRequested(CASE, ERASABLE));
  });
});

describe('a waiting erasure', () => {
  const waiting = [
    registered,
    invoiceOpened(INVOICE, '2026-01-05'),
    erasureRequested(CASE, ERASABLE),
    erasureStarted(CASE, part('affiliation', 'g1')),
    erasureDeferred(CASE, ...invoiced),
  ];
  const orders = wait('orders', '2026-12-31', { hold: 'statutory', until: '2032-12-31' });

  it('stays as it is while nothing has changed', () => {
    given(...waiting)
      .when(goOn)
      .then();
  });

  it('begins with what is free when the last hold on it has ended', () => {
    given(...waiting, onInvoice('InvoiceSettled', INVOICE))
      .when(goOn)
      .then(
        erasureStarted(CASE, part('identity', 'g1'), part('contact', 'g1')),
        erasureDeferred(CASE, orders),
      );
  });

  it('tells anew what it waits for when another hold has come or gone', () => {
    const collection: Wait['holds'][number] = { hold: 'collection', invoice: INVOICE };
    given(...waiting, onInvoice('CollectionStarted', INVOICE))
      .when(goOn)
      .then(
        erasureDeferred(
          CASE,
          wait('identity', 'g1', openInvoice, collection),
          wait('contact', 'g1', openInvoice, collection),
          wait('orders', '2026-12-31', openInvoice, collection, {
            hold: 'statutory',
            until: '2032-12-31',
          }),
        ),
      );
  });

  it('ends when the last date has passed', () => {
    const settled = [
      ...waiting,
      onInvoice('InvoiceSettled', INVOICE),
      erasureStarted(CASE, part('identity', 'g1'), part('contact', 'g1')),
      erasureDeferred(CASE, orders),
    ];
    given(...settled)
      .at(instantOf(Date.UTC(2032, 11, 31, 21, 59)))
      .when(goOn)
      .then();
    given(...settled)
      .at(instantOf(Date.UTC(2032, 11, 31, 22)))
      .when(goOn)
      .then(erasureStarted(CASE, part('orders', '2026-12-31')));
  });

  it('takes the generation that is current then', () => {
    given(
      ...waiting,
      {
        type: 'ContactUpdated',
        data: { ends: [part('contact', 'g1')] },
        personal: [sealedFor('contact', 'g2', { email: 'a@b.fi' })],
      },
      onInvoice('InvoiceCredited', INVOICE),
    )
      .when(goOn)
      .then(
        erasureStarted(CASE, part('identity', 'g1'), part('contact', 'g2')),
        erasureDeferred(CASE, orders),
      );
  });

  it('may change until it begins, and what has begun may not', () => {
    const customer = given(...waiting);
    customer.when({ do: 'update-contact', subject: ANNA, changes: { phone: '1' } }).then({
      type: 'ContactUpdated',
      data: {},
      personal: [sealedFor('contact', 'g1', { ...contact, phone: '1' })],
    });
    customer
      .when({ do: 'update-affiliation', subject: ANNA, changes: { title: 'X' } })
      .thenRefused('erased');
  });

  it('is withdrawn once, and not continued after that', () => {
    given(...waiting)
      .when(withdraw)
      .then(withdrawn);
    const back = given(...waiting, withdrawn, onInvoice('InvoiceSettled', INVOICE));
    back.when(withdraw).then();
    back.when(goOn).then();
  });

  it('is not a case of its own for what a second case asks too', () => {
    const twice = [
      registered,
      roleStarted(ACME),
      erasureRequested(CASE, ['contact']),
      erasureDeferred(CASE, wait('contact', 'g1', role)),
      erasureRequested(OTHER_CASE, ['contact']),
      erasureDeferred(OTHER_CASE, wait('contact', 'g1', role)),
      roleEnded(ACME),
    ];
    const second = { ...goOn, case: OTHER_CASE };
    given(...twice)
      .when(goOn)
      .then(erasureStarted(CASE, part('contact', 'g1')));
    given(...twice)
      .when(second)
      .then(erasureStarted(OTHER_CASE, part('contact', 'g1')));
    given(...twice, erasureStarted(CASE, part('contact', 'g1')))
      .when(second)
      .then(erasureDeferred(OTHER_CASE));
    given(...twice, erasureStarted(CASE, part('contact', 'g1')), erasureDeferred(OTHER_CASE))
      .when(second)
      .then();
  });
});

describe('an erasure that has begun', () => {
  const begun = [registered, erasureRequested(CASE, ERASABLE), erasureStarted(CASE, ...all)];

  it('is neither taken back nor weighed again', () => {
    given(...begun)
      .when(withdraw)
      .thenRefused('erasure-started');
    given(...begun)
      .when(goOn)
      .then();
  });

  it('keeps its case open until the keys are destroyed', () => {
    given(...begun)
      .when(close)
      .thenRefused('case-open');
    given(...begun, erased(2))
      .when(close)
      .then({ type: 'ErasureCaseClosed', data: { case: CASE, ends: [] } });
  });

  it('is completed once, with its receipt', () => {
    const complete = { do: 'complete-erasure', subject: ANNA, completion: completion(2) } as const;
    given(...begun)
      .when(complete)
      .then(erased(2));
    given(...begun, erased(2))
      .when(complete)
      .then();
    given(registered).when(complete).then();
  });
});

describe('a case', () => {
  const replied = [
    registered,
    roleStarted(ACME),
    erasureRequested(CASE, ['contact'], [replyTo(CASE)]),
    erasureDeferred(CASE, wait('contact', 'g1', role)),
  ];

  it('that waits is not closed', () => {
    given(...replied)
      .when(close)
      .thenRefused('case-open');
  });

  it('that was withdrawn is closed, and ends the key of its reply address', () => {
    const ends = [part('correspondence', CASE)];
    given(...replied, withdrawn)
      .when(close)
      .then({ type: 'ErasureCaseClosed', data: { case: CASE, ends } });
    given(...replied, withdrawn, { type: 'ErasureCaseClosed', data: { case: CASE, ends } })
      .when(close)
      .then();
  });

  it('without a reply address ends nothing, and leaves nothing to be destroyed', () => {
    const { endings } = given(registered, erasureRequested(CASE, ['orders']), {
      type: 'ErasureCaseClosed',
      data: { case: CASE, ends: [] },
    }).state;
    expect(endings).toEqual({});
  });

  it.each([withdraw, goOn, close])('that does not exist: $do is refused', (command) => {
    given(registered).when(command).thenRefused('case-not-found', 'not-found');
  });
});

describe('keys that came back from an old copy', () => {
  const keys = [keyFor({ subject: ANNA, category: 'contact', scope: scope('g1') })];
  const repeat = {
    do: 'repeat-erasure',
    subject: ANNA,
    keys,
    knownBy: ['anchor'],
    first: ORDER,
  } as const;
  const repeated: CustomerDraft = {
    type: 'ErasureRepeated',
    data: { parts: [part('contact', 'g1')], knownBy: ['anchor'], first: ORDER },
  };

  it('are recorded as destroyed again, also where the stream had forgotten', () => {
    given(registered).when(repeat).then(repeated);
    given(registered, erasureStarted(CASE, part('contact', 'g1')))
      .when(repeat)
      .then(repeated);
  });

  it('that the stream does not name are nothing to it', () => {
    given(registered)
      .when({
        ...repeat,
        keys: [keyFor({ subject: ACME, category: 'contact', scope: scope('g1') })],
      })
      .then();
  });

  it('seal nothing any more', () => {
    given(registered, repeated)
      .when({ do: 'update-contact', subject: ANNA, changes: { phone: '1' } })
      .thenRefused('erased');
  });
});

describe('a purpose', () => {
  it('that may use restricted data changes nothing about a hold', () => {
    given(registered, orderRecorded(ORDER, '2026-01-05'))
      .for(CLAIMS)
      .when({ ...request, categories: ['orders'] })
      .then(
        erasureRequested(CASE, ['orders']),
        erasureDeferred(
          CASE,
          wait('orders', '2026-12-31', { hold: 'statutory', until: '2032-12-31' }),
        ),
      );
  });
});

function completion(started: number): Completion {
  const at = '2026-03-02T09:15:00.000Z';
  return {
    started: eventId(started),
    keys: [
      {
        category: 'contact',
        scope: scope('g1'),
        key: keyFor({ subject: ANNA, category: 'contact', scope: scope('g1') }),
        fingerprint: 'print',
        destroyedAt: at,
      },
    ],
    kept: [],
    stores: ['vault'],
    disclosed: [],
    unreadableSince: at,
    unreadableInCopiesBy: at,
    signature: 'signed',
    signer: 'ledger',
  };
}

function erased(started: number): CustomerDraft {
  const { keys, kept, stores, disclosed, ...rest } = completion(started);
  return {
    type: 'SubjectErased',
    data: {
      ...rest,
      case: CASE,
      ground: 'no-longer-needed',
      keys: [...keys],
      kept: [...kept],
      stores: [...stores],
      disclosed: [...disclosed],
    },
  };
}
