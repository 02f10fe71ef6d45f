import { describe, it } from '@jest/globals';

import { ANNA, BERTIL, day, given, registered, ACME } from '../testing/index.js';

const on = day('2026-02-01');
const ended = { type: 'CustomershipEnded', data: { on } } as const;
const resumed = { type: 'CustomershipResumed', data: { on } } as const;

describe('the customer relationship', () => {
  const end = { do: 'end-customership', subject: ANNA, on } as const;
  const resume = { do: 'resume-customership', subject: ANNA, on } as const;

  it('ends on a day; another day is a conflict', () => {
    given(registered).when(end).then(ended);
    given(registered, ended).when(end).then();
    given(registered, ended)
      .when({ ...end, on: day('2026-02-02') })
      .thenRefused('customership-ended');
  });

  it('goes on again, if it had ended', () => {
    given(registered, ended).when(resume).then(resumed);
    given(registered).when(resume).then();
    given(registered, ended, resumed).when(end).then(ended);
  });
});

describe('a merger', () => {
  const merge = { do: 'merge', subject: ANNA, with: BERTIL, role: 'absorbed' } as const;
  const absorbed = { type: 'CustomersMerged', data: { with: BERTIL, role: 'absorbed' } } as const;

  it('links two entries, once, whichever side says it', () => {
    given(registered).when(merge).then(absorbed);
    given(registered, absorbed).when(merge).then();
    given(registered, absorbed)
      .when({ ...merge, role: 'kept' })
      .then();
  });

  it('is not with oneself', () => {
    given(registered)
      .when({ ...merge, with: ANNA })
      .thenRefused('merge-with-itself', 'unprocessable');
  });

  it('absorbs an entry once; it may keep any number', () => {
    given(registered, absorbed)
      .when({ ...merge, with: ACME })
      .thenRefused('already-merged');
    given(registered, { type: 'CustomersMerged', data: { with: BERTIL, role: 'kept' } })
      .when({ ...merge, with: ACME, role: 'kept' })
      .then({ type: 'CustomersMerged', data: { with: ACME, role: 'kept' } });
  });
});
