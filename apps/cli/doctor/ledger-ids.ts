import type { Check } from './check.js';
import { advice, failure, NotLooked, ok } from './check.js';
import type { Patient } from './patient.js';
import { listed } from './texts.js';

/** Whether all parts are of one ledger. Parts that are out are left to those who report it. */
export async function lookAtIds(patient: Patient): Promise<readonly Check[]> {
  const code = 'ledger-id';
  if ((await patient.standing()) === 'none') {
    return [
      advice(code, {
        seen: 'there is no ledger here yet',
        mend: 'start a server, which makes one; if there should be one, look at the settings first: ledger config',
      }),
    ];
  }
  const ids = await idsOf(patient);
  const partsOf = (id: string) => ids.filter((one) => one.id === id).map(({ part }) => part);
  const ledgers = [...new Set(ids.map(({ id }) => id))];
  const [first] = ledgers;
  if (first === undefined) throw new NotLooked('no part could be read');
  if (ledgers.length === 1) return [ok(code, `${listed(partsOf(first))} are of ledger ${first}`)];
  return [
    failure(code, {
      seen: `parts of different ledgers: ${ledgers
        .map((id) => `${listed(partsOf(id))} of ${id}`)
        .join('; ')}`,
      mend: 'set data, secrets and URLs to those of one ledger; write nothing before',
    }),
  ];
}

interface PartOf {
  readonly part: string;
  readonly id: string;
}

async function idsOf(patient: Patient): Promise<readonly PartOf[]> {
  const single = (
    part: string,
    asked: Promise<{ readonly ledger?: string | undefined } | undefined>,
  ) => asked.then((seen) => (seen?.ledger === undefined ? [] : [{ part, id: seen.ledger }]));
  const keks = patient
    .keks()
    .then((list) =>
      [...new Set(list.map(({ ledger }) => ledger))].map((id) => ({ part: 'KEKs', id })),
    );
  const all = await Promise.all(
    [
      single('event log', patient.log()),
      single('vault', patient.vault()),
      single('anchor', patient.anchor()),
      keks,
      single('views', patient.views()),
    ].map((ids) => ids.catch(() => [])),
  );
  return all.flat();
}
