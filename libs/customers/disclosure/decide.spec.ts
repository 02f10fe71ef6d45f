import { describe, expect, it } from '@jest/globals';

import type { EventId } from '#kernel';
import { randomId } from '#kernel';

import {
  ANNA,
  asks,
  CARE,
  CLAIMS,
  contact,
  given,
  granted,
  identity,
  keyFor,
  policyWith,
  registered,
  scope,
  TestRegister,
} from '../testing/index.js';
import { EnvelopeDisclosure } from '../service/disclosure.js';

const event = randomId<EventId>();
const key = keyFor({ subject: ANNA, category: 'identity', scope: scope('g1') });
const disclose = {
  do: 'disclose-envelope',
  subject: ANNA,
  event,
  key,
  recipient: 'authorities',
} as const;
const disclosed = {
  type: 'EnvelopeDisclosed',
  data: { event, category: 'identity', key, recipient: 'authorities' },
} as const;

describe('disclosing an envelope', () => {
  it('is recorded each time: of what, and to whom', () => {
    given(registered).for(CLAIMS).when(disclose).then(disclosed);
    given(registered, disclosed).for(CLAIMS).when(disclose).then(disclosed);
  });

  it('is for a purpose that processes what is in it, and to a recipient that it names', () => {
    const other = { ...policyWith(), processes: () => false };
    given(registered)
      .under(other)
      .for(CLAIMS)
      .when(disclose)
      .thenRefused('purpose-other', 'forbidden');
    const stranger = { ...disclose, recipient: 'anybody' };
    given(registered).for(CLAIMS).when(stranger).thenRefused('recipient-unknown', 'unprocessable');
  });

  it('is of an envelope that the customer has', () => {
    const unknown = { ...disclose, key: randomId<typeof key>() };
    given(registered).for(CLAIMS).when(unknown).thenRefused('envelope-not-found', 'not-found');
    given().for(CLAIMS).when(disclose).thenRefused('customer-not-found', 'not-found');
  });

  it('is refused while processing is restricted, unless the purpose is one of Art. 18(2)', () => {
    const restricted = { type: 'ProcessingRestricted', data: { ground: 'unlawful-not-erased' } };
    const history = [registered, restricted as never];
    given(...history)
      .for(CARE)
      .when(disclose)
      .thenRefused('restricted', 'forbidden');
    given(...history)
      .for(CLAIMS)
      .when(disclose)
      .then(disclosed);
  });
});

describe('an envelope that was disclosed', () => {
  it('stands in the receipt of the erasure that ends its key, once, and in no other', async () => {
    const process = new TestRegister().open();
    const subject = await process.customer({ identity, contact });
    const [first] = await process.events();
    const sealed = first?.data.sealed?.find(({ category }) => category === 'identity');
    if (first === undefined || sealed === undefined) throw new Error('nothing was sealed');
    const disclosure = new EnvelopeDisclosure(process.commands, process.keys);
    const asking = () => ({ ...asks('officer'), purpose: CLAIMS });
    const give = async () => disclosure.disclose(asking(), first, sealed, 'authorities');
    granted(await give());
    granted(await give());
    for (const categories of [['contact'], ['identity']] as const) {
      const asked = { ground: 'objection', categories } as const;
      granted(await process.commands.requestErasure(asks('officer'), subject, asked));
      await process.settle();
    }
    const receipts = (await process.events()).filter(({ type }) => type === 'SubjectErased');
    expect(receipts.map(({ data }) => data.disclosed)).toEqual([[], [first.id]]);
    expect(await give()).toMatchObject({ code: 'erased' });
  });
});
