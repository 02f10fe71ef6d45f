import { describe, it } from '@jest/globals';

import {
  ACME,
  affiliation,
  ANNA,
  CASE,
  day,
  erasureStarted,
  given,
  OTHER_ORG,
  part,
  registered,
  registeredByName,
  roleEnded,
  roleStarted,
  sealedFor,
} from '../testing/index.js';

const start = {
  do: 'start-contact-role',
  subject: ANNA,
  organisation: ACME,
  affiliation,
  on: day('2026-01-01'),
} as const;
const end = {
  do: 'end-contact-role',
  subject: ANNA,
  organisation: ACME,
  on: day('2026-02-01'),
} as const;

describe('a contact role', () => {
  it('seals what the person represents, so that their stream names a key for it', () => {
    given(registeredByName).when(start).then(roleStarted(ACME));
  });

  it('takes the place of an affiliation that was there, under its key', () => {
    const other = { organisation: 'Other Oy' };
    given(registered)
      .when({ ...start, affiliation: other })
      .then({
        type: 'ContactRoleStarted',
        data: { organisation: ACME, on: '2026-01-01' },
        personal: [sealedFor('affiliation', 'g1', other)],
      });
  });

  it('starts once for each organisation', () => {
    given(registered, roleStarted(ACME)).when(start).then();
    given(registered, roleStarted(ACME))
      .when({ ...start, organisation: OTHER_ORG })
      .then(roleStarted(OTHER_ORG));
  });

  it('is not for oneself', () => {
    given(registered)
      .when({ ...start, organisation: ANNA })
      .thenRefused('own-contact-person', 'unprocessable');
  });

  it('is refused where the affiliation was erased', () => {
    given(registered, erasureStarted(CASE, part('affiliation', 'g1')))
      .when(start)
      .thenRefused('erased');
  });

  it('begins a new generation where the key was lost and that was accepted', () => {
    given(registered, { type: 'KeyLost', data: { parts: [part('affiliation', 'g1')] } })
      .when(start)
      .then({
        type: 'ContactRoleStarted',
        data: { organisation: ACME, on: '2026-01-01' },
        personal: [sealedFor('affiliation', 'g2', affiliation)],
      });
  });

  it('ends, and is not there to be ended again', () => {
    given(registered, roleStarted(ACME)).when(end).then(roleEnded(ACME));
    given(registered, roleStarted(ACME), roleEnded(ACME))
      .when(end)
      .thenRefused('contact-role-not-found', 'not-found');
    given(registered, roleStarted(OTHER_ORG))
      .when(end)
      .thenRefused('contact-role-not-found', 'not-found');
  });
});
