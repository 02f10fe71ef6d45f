import type { MongoInspection, MongoMember } from '#mongo-store';

import type { Check } from './check.js';
import { failure, ok, warning } from './check.js';
import { spanText } from './texts.js';

const SKEW_MILLIS = 1_000;
const LAG_MILLIS = 10_000;

/** The servers of a deployment: who answers, who leads, whose clock is off, who lags behind. */
export function lookAtMembers(of: string, seen: MongoInspection): readonly Check[] {
  const { members } = seen;
  return [
    ...members.map((member) => answers(of, member, members.length)),
    ...leader(of, seen),
    ...direct(of, seen),
    ...clocks(of, members),
    ...lagging(seen),
  ];
}

/** Whether a server is on this machine. */
export function isHere({ host }: MongoMember): boolean {
  return /^(localhost|127\.[\d.]+|\[?::1\]?)(:\d+)?$/.test(host) || host.endsWith('.sock');
}

function answers(of: string, { host, state, reason }: MongoMember, count: number): Check {
  if (state !== 'away') return ok('mongodb-member', `${state} (${of})`, host);
  const finding = {
    of: host,
    seen: `does not answer: ${reason ?? 'unknown'} (${of})`,
    mend: 'start it, or see to the network, its name and its certificate',
  };
  return count === 1 ? failure('mongodb-member', finding) : warning('mongodb-member', finding);
}

function leader(of: string, { members, server }: MongoInspection): readonly Check[] {
  if (server?.kind !== 'replica-set') return [];
  const [primary] = members.filter(({ state }) => state === 'primary');
  if (primary === undefined) {
    return [
      failure('mongodb-primary', {
        of,
        seen: 'no primary: nothing can be written',
        mend: 'wait for the election; if none comes, start more of its members: it needs a majority',
      }),
    ];
  }
  const copies = members.filter(({ state }) => state === 'primary' || state === 'secondary').length;
  const { majority } = server.setup;
  if (majority !== undefined && copies < majority) {
    return [
      failure('mongodb-primary', {
        of,
        seen: `${String(copies)} of ${String(majority)} copies that a majority needs: writes wait`,
        mend: 'start the members that are away',
      }),
    ];
  }
  return [ok('mongodb-primary', `${primary.host} leads`, of)];
}

function direct(of: string, { isDirect, server }: MongoInspection): readonly Check[] {
  if (!isDirect || server?.kind !== 'replica-set') return [];
  return [
    warning('mongodb-direct', {
      of,
      seen: 'the URL asks for one server alone: when another becomes primary, writing stops',
      mend: 'take directConnection from the URL, and name all members and replicaSet',
    }),
  ];
}

function clocks(of: string, members: readonly MongoMember[]): readonly Check[] {
  const told = members.filter(({ skewMillis }) => skewMillis !== undefined);
  const off = told.filter(({ skewMillis = 0 }) => Math.abs(skewMillis) > SKEW_MILLIS);
  if (told.length > 0 && off.length === 0) {
    return [ok('mongodb-clock', "agrees with this machine's within a second", of)];
  }
  return off.map(({ host, skewMillis = 0 }) =>
    warning('mongodb-clock', {
      of: host,
      seen: `its clock is ${spanText(Math.abs(skewMillis))} ${skewMillis > 0 ? 'ahead of' : 'behind'} this machine's`,
      mend: 'set both by NTP: leases go by the clock of the primary, dates by that of processes',
    }),
  );
}

function lagging({ server }: MongoInspection): readonly Check[] {
  const late = [...(server?.setup.lagMillis ?? [])].filter(([, millis]) => millis > LAG_MILLIS);
  return late.map(([host, millis]) =>
    warning('mongodb-lag', {
      of: host,
      seen: `is ${spanText(millis)} behind in copying`,
      mend: 'see to its disk and network: while it lags, a majority may need all others',
    }),
  );
}
