import type { EventStoreDbInspection } from '#event-log/eventstoredb';

import type { Check } from './check.js';
import { advice, failure, ok, warning } from './check.js';
import type { Patient } from './patient.js';
import { listed, spanText } from './texts.js';

/** Lines that the adapter was tried with. */
const TRIED = ['23.10', '24.10'] as const;
/** A date in a header is told in whole seconds. */
const SKEW_MILLIS = 2_000;
const SET_UP = 'ledger setup eventstoredb makes the user and locks history';

/** The database that holds the log: its nodes, and who may do what to history. */
export async function lookAtEventStoreDb({ settings }: Patient): Promise<readonly Check[]> {
  const { eventStoreDb, eventStoreDbPrefix: prefix, eventStoreDbMillis } = settings;
  const { inspectEventStoreDb } = await import('#event-log/eventstoredb');
  const options = { prefix, timeLimitMillis: eventStoreDbMillis };
  return checksOf(await inspectEventStoreDb(eventStoreDb, options));
}

/** What an inspection comes to. */
export function checksOf(seen: EventStoreDbInspection): readonly Check[] {
  return [
    version(seen),
    ...nodes(seen),
    tls(seen),
    acl(seen),
    ...rights(seen),
    hidden(seen),
    ...clock(seen),
  ];
}

function version({ version: found }: EventStoreDbInspection): Check {
  const code = 'eventstoredb';
  if (found !== undefined && TRIED.some((line) => found.startsWith(`${line}.`))) {
    return ok(code, `answers; version ${found}`);
  }
  return warning('eventstoredb-version', {
    seen: `version ${found ?? 'not told'}: the ledger is tried with ${listed(TRIED)}`,
    mend: 'run one of those, or try this one first: SERVICES=1 with EVENTSTOREDB_URL runs the suites on it',
  });
}

function nodes({ nodes: found }: EventStoreDbInspection): readonly Check[] {
  const code = 'eventstoredb-node';
  const one = found.map(({ host, state, alive }) =>
    alive
      ? ok(code, state, host)
      : warning(code, {
          of: host,
          seen: `not alive (${state})`,
          mend: 'start it, or see to the network between the nodes: a majority must live',
        }),
  );
  const leads = found.some(({ state, alive }) => alive && state === 'leader');
  if (leads) return one;
  const finding = {
    seen: 'no node leads: commands are refused with 503',
    mend: 'wait for the election; if none comes, start more nodes: it needs a majority',
  };
  return [...one, failure('eventstoredb-leader', finding)];
}

function tls({ tls: isOn, nodes: found }: EventStoreDbInspection): Check {
  const code = 'eventstoredb-tls';
  if (isOn) return ok(code, 'TLS is on');
  if (found.every(isHere)) {
    return ok(code, 'no TLS, and the way does not leave this machine');
  }
  return warning(code, {
    seen: 'no TLS: who sees the network sees the password, and everything that is recorded',
    mend: 'run the nodes with certificates, and set tls=true and tlsCAFile in EVENTSTOREDB_URL',
  });
}

function isHere({ host }: { readonly host: string }): boolean {
  return /^(localhost|127\.[\d.]+|\[?::1\]?):\d+$/.test(host);
}

function acl({ acl: found, nodes: there }: EventStoreDbInspection): Check {
  const code = 'eventstoredb-acl';
  switch (found) {
    case 'locked':
      return ok(code, "history is locked: the ledger's user can neither delete nor hide it");
    case 'open':
      return warning(code, {
        seen: "the ledger's user may delete or hide history, and so may who takes it over",
        mend: SET_UP,
      });
    case 'not-enforced': {
      const finding = {
        seen: 'an insecure server enforces no ACL: whoever reaches it may delete history',
        mend: `run it with certificates and users; then ${SET_UP}`,
      };
      return there.every(isHere) ? advice(code, finding) : warning(code, finding);
    }
    case 'unknown':
      return warning(code, {
        seen: 'cannot be told: the user may not even append',
        mend: SET_UP,
      });
  }
}

function rights({ rights: may, acl: found }: EventStoreDbInspection): readonly Check[] {
  const lacking = [
    ...(may.append ? [] : ['append']),
    ...(may.readAll ? [] : ['read $all']),
    ...(may.readMetadata ? [] : ['read metadata of streams']),
  ];
  const code = 'eventstoredb-rights';
  if (lacking.length === 0) {
    return found === 'not-enforced' ? [] : [ok(code, 'the user may what the ledger needs')];
  }
  const finding = { seen: `the user may not ${listed(lacking)}`, mend: SET_UP };
  // Without its metadata a stream that was deleted reads as absent; the rest stops the ledger.
  return [may.append && may.readAll ? warning(code, finding) : failure(code, finding)];
}

function hidden({ truncatedOrDeleted: count }: EventStoreDbInspection): Check {
  const code = 'eventstoredb-hidden';
  if (count === undefined) {
    return advice(code, {
      seen: 'it could not be looked through in time whether streams hide events',
      mend: 'run the doctor when there is less to do',
    });
  }
  if (count === 0) return ok(code, 'no stream of the ledger hides events');
  return failure(code, {
    seen: `${String(count)} of the ledger's streams are deleted, or have $maxCount, $maxAge or $tb`,
    mend:
      'take $maxCount, $maxAge and $tb from them; what was scavenged or tombstoned comes from a ' +
      'backup alone',
  });
}

function clock({ clockSkewMillis: skew }: EventStoreDbInspection): readonly Check[] {
  if (skew === undefined) return [];
  const code = 'eventstoredb-clock';
  if (Math.abs(skew) <= SKEW_MILLIS) return [ok(code, "agrees with this machine's")];
  const way = skew > 0 ? 'ahead of' : 'behind';
  return [
    warning(code, {
      seen: `its clock is ${spanText(Math.abs(skew))} ${way} this machine's`,
      mend: 'set both by NTP',
    }),
  ];
}
