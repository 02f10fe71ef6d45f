import { expect } from '@jest/globals';
import fc from 'fast-check';

import type { JsonObject } from '#kernel';

import { matcher, parseFilter } from '../filter.js';
import type { Change, Filter, Scalar } from '../port.js';
import { compareScalars, compareText, fieldReader, isScalar } from '../values.js';
import { change, documents, found, THINGS, write } from './fixture.js';
import type { Cases, ViewsUnderTest } from './subject.js';

const runsOf = ({ runs }: ViewsUnderTest) => ({ numRuns: runs ?? 60 });

const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'A', 'å', '\u0000', '\ue000', '\uffff', '\u{10000}', '\u{1f600}'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
// Numbers nearer to 0 are bound as 0 by the SQLite driver; nothing in the ledger is so small.
const number = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.5, 2 ** 53, -(2 ** 60), 1e300, 2 ** -52),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((n) => n === 0 || Math.abs(n) >= 2 ** -52),
);
const scalar = fc.oneof(text, number, fc.boolean());
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constant(null) },
);
const list = fc.oneof(fc.array(scalar, { maxLength: 4 }), fc.constant(null));

const doc: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      kind: value,
      n: value,
      tags: list,
      nested: fc.oneof(
        fc.record({ level: value, labels: list }, { requiredKeys: [] }),
        fc.constantFrom(null, 1, 'x'),
      ),
      other: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((generated) => JSON.parse(JSON.stringify(generated)) as JsonObject);

function conditionOn(values: fc.Arbitrary<Scalar>): fc.Arbitrary<Filter[string]> {
  const comparison = fc.record(
    {
      $in: fc.array(values, { maxLength: 3 }),
      $ne: values,
      $gt: scalar,
      $gte: scalar,
      $lt: scalar,
      $lte: scalar,
    },
    { requiredKeys: [] },
  );
  return fc.oneof(
    values,
    comparison.filter((operators) => Object.keys(operators).length > 0),
  );
}

const leaf: fc.Arbitrary<Filter> = fc.record(
  {
    kind: conditionOn(value),
    n: conditionOn(value),
    'nested.level': conditionOn(value),
    tags: conditionOn(scalar),
    'nested.labels': conditionOn(scalar),
  },
  { requiredKeys: [] },
);

const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => {
  const parts = fc.array(tie('filter'), { minLength: 1, maxLength: 3 });
  return {
    filter: fc.oneof(
      { maxDepth: 2 },
      leaf,
      fc.record({ $and: parts }),
      fc.record({ $or: parts }),
      fc.tuple(leaf, parts).map(([fields, $or]) => ({ ...fields, $or })),
    ),
  };
}).filter;

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');

/** A live build of its own for each run. */
async function withLive(
  subject: ViewsUnderTest,
  check: (write: (changes: readonly Change[]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const live = await subject.views.live(THINGS);
  try {
    await check((changes) => write(subject.views, live, changes));
  } finally {
    await subject.views.drop(live, 1);
  }
}

export const modelCases: Cases = {
  'any filter finds what it finds in memory': async (subject) => {
    const property = fc.asyncProperty(
      fc.array(doc, { minLength: 1, maxLength: 8 }),
      fc.array(filter, { minLength: 1, maxLength: 6 }),
      async (docs, filters) => {
        await withLive(subject, async (written) => {
          const named = docs.map((each, i) => change(`d${String(i)}`, 1, each));
          await written(named);
          const fromDocs = docs.flatMap((each) => ownConditions(each));
          for (const asked of [...filters, ...fromDocs]) {
            const matches = matcher(parseFilter(THINGS.indexes, asked));
            const expected = named.filter((each) => each.doc !== null && matches(each.doc));
            expect(await found(subject.views, asked)).toEqual(expected.map(({ id }) => id));
          }
        });
      },
    );
    await fc.assert(property, runsOf(subject));
  },

  'any order is the one in memory': async (subject) => {
    const property = fc.asyncProperty(
      fc.array(doc, { maxLength: 12 }),
      fc.constantFrom('kind', 'n', 'nested.level'),
      fc.constantFrom(1 as const, -1 as const),
      async (docs, field, direction) => {
        await withLive(subject, async (written) => {
          await written(docs.map((each, i) => change(`d${String(i).padStart(2, '0')}`, 1, each)));
          const page = { limit: 1_000, sort: { field, direction } };
          const rows = await subject.views.find(THINGS, {}, page);
          const read = sortValue(field);
          const expected = [...rows].sort(
            (a, b) =>
              direction * (compareScalars(read(a.doc), read(b.doc)) || compareText(a.id, b.id)),
          );
          expect(rows.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
          expect(rows).toHaveLength(docs.length);
        });
      },
    );
    await fc.assert(property, runsOf(subject));
  },

  'any writes leave the latest of each document, and its indexes': async (subject) => {
    const changes = fc.array(
      fc.tuple(ids, fc.integer({ min: 1, max: 9 }), fc.option(doc), fc.boolean()),
      { maxLength: 12 },
    );
    const property = fc.asyncProperty(changes, async (steps) => {
      await withLive(subject, async (written) => {
        const model = new Map<string, { n: number; doc: JsonObject | null }>();
        for (const [id, n, after, loaded] of steps) {
          const live = await subject.views.live(THINGS);
          const [standing] = loaded ? await subject.views.load(live, [id]) : [];
          await written([{ ...change(id, n, after), ...(standing && { standing }) }]);
          if (n > (model.get(id)?.n ?? 0)) model.set(id, { n, doc: after });
        }
        const left = [...model].filter(([, { doc: after }]) => after !== null);
        const expected = Object.fromEntries(left.map(([id, { doc: after }]) => [id, after]));
        expect(await documents(subject.views)).toEqual(expected);
        for (const asked of left.flatMap(([, { doc: after }]) => ownConditions(after ?? {}))) {
          const matches = matcher(parseFilter(THINGS.indexes, asked));
          const matching = left.filter(([, { doc: after }]) => after !== null && matches(after));
          const found_ = await found(subject.views, asked);
          expect(found_).toEqual(matching.map(([id]) => id).sort());
        }
      });
    });
    await fc.assert(property, runsOf(subject));
  },
};

/** Filters that a document itself fits. */
function ownConditions(of: JsonObject): Filter[] {
  return THINGS.indexes.flatMap(({ field, kind }): Filter[] => {
    const own = fieldReader(field)(of) ?? null;
    if (kind === 'array') {
      const elements = Array.isArray(own) ? own.filter(isScalar) : [];
      return elements.map((element) => ({ [field]: element }));
    }
    if (!isScalar(own)) return [];
    if (own === null) return [{ [field]: null }];
    return [{ [field]: own }, { [field]: { $gte: own } }, { [field]: { $lt: own } }];
  });
}

function sortValue(field: string): (of: JsonObject) => Scalar {
  const read = fieldReader(field);
  return (of) => {
    const own = read(of) ?? null;
    return isScalar(own) ? own : null;
  };
}
