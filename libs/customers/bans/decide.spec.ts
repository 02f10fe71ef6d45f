import { describe, it } from '@jest/globals';

import { ANNA, given, registered } from '../testing/index.js';
import { USES } from '../vocabulary.js';

describe.each(USES)('%s', (use) => {
  const forbid = { do: 'forbid-use', subject: ANNA, use } as const;
  const allow = { do: 'allow-use', subject: ANNA, use } as const;
  const forbidden = { type: 'UseForbidden', data: { use } } as const;
  const allowed = { type: 'UseAllowed', data: { use } } as const;

  it('is forbidden and allowed on its own; asking twice is no event', () => {
    const others = USES.filter((other) => other !== use).map(
      (other) => ({ type: 'UseForbidden', data: { use: other } }) as const,
    );
    given(registered, ...others)
      .when(forbid)
      .then(forbidden);
    given(registered, forbidden).when(forbid).then();
    given(registered, forbidden).when(allow).then(allowed);
    given(registered, ...others)
      .when(allow)
      .then();
    given(registered, forbidden, allowed).when(forbid).then(forbidden);
  });
});
