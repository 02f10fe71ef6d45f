import {
  notShownBy,
  shownBy,
  VERDICTS,
  wordsOf,
  type AuditReport,
  type Fault,
  type HeadSource,
  type Place,
} from '#evidence';

import type { Session } from '../session.js';
import type { VerifyOutcome } from './verify-run.js';

const SOURCES: Readonly<Record<HeadSource, string>> = {
  log: "the log's newest checkpoint",
  tiles: 'the checkpoint beside the tiles',
  anchor: 'the anchor',
  witnesses: 'the checkpoint that witnesses have cosigned',
  kept: 'the kept checkpoint',
};
const HIDDEN: Readonly<Record<NonNullable<Place['why']>, string>> = {
  hidden: 'its own stream does not give it back',
  'stream-only': 'its own stream alone has it',
  'unsigned-tree': 'known of the stored tree alone, not signed yet',
};
const SILENT = new Set(['SHREDDED', 'UNSIGNED']);

/** What was found, for people. */
export function tellVerified(session: Session, outcome: VerifyOutcome): void {
  const { report } = outcome;
  session.say(speed(outcome));
  session.say('');
  session.table(
    VERDICTS.filter((verdict) => verdict === 'INTACT' || report.totals[verdict] > 0).map(
      (verdict) => [`  ${verdict}`, counted(report.totals[verdict])],
    ),
  );
  section(session, 'Held to', report.heads.map(held));
  section(session, 'Witnesses', witnesses(report));
  section(session, 'Wrong as a whole', [...report.faults.map(faultText), ...between(report)]);
  const named = report.places.filter(({ verdict }) => !SILENT.has(verdict));
  section(session, 'Places (of each kind the first hundred)', named.map(placeText));
  section(session, 'Envelopes', envelopes(report));
  section(session, 'Damaged tiles, which change no verdict', tiles(report));
  section(session, 'Changes of streams by their metadata', metadata(report));
  const inEnglish = (statements: ReturnType<typeof shownBy>) =>
    statements.map((statement) => wordsOf(statement, 'en'));
  section(session, 'What this shows', inEnglish(shownBy(report)));
  section(session, 'What it cannot show', inEnglish(notShownBy(report)));
}

/** For programs: one object. */
export function verifiedAsJson({ report, millis, threads }: VerifyOutcome, exit: number) {
  const english = (statements: ReturnType<typeof shownBy>) =>
    statements.map((statement) => ({ ...statement, says: wordsOf(statement, 'en') }));
  return {
    exit,
    ...report,
    millis: Math.round(millis),
    threads,
    eventsPerSecond: rate(report.events, millis),
    shown: english(shownBy(report)),
    notShown: english(notShownBy(report)),
  };
}

function speed({ report, millis, threads }: VerifyOutcome): string {
  const seconds = (millis / 1000).toFixed(1);
  const each = counted(rate(report.events, millis));
  return `${counted(report.events)} events in ${seconds} s: ${each} events/s, ${String(threads)} threads`;
}

function rate(events: number, millis: number): number {
  return Math.round(events / (Math.max(millis, 1) / 1000));
}

function section(session: Session, title: string, lines: readonly string[]): void {
  if (lines.length === 0) return;
  session.say('');
  session.say(title);
  for (const line of lines) session.say(`  ${line}`);
}

function held({ source, size, standing, isExplained }: AuditReport['heads'][number]): string {
  const why = isExplained ? ', as the places below explain' : '';
  const how =
    standing === 'agrees' ? 'agrees' : standing === 'shorter' ? 'has more events' : 'differs';
  return `${SOURCES[source]}, ${counted(size)} events: ${how}${why}`;
}

function witnesses({ witnessed }: AuditReport): readonly string[] {
  if (witnessed === undefined) return [];
  const { wanted, of, newest } = witnessed;
  const policy = `${counted(wanted)} of ${counted(of)}`;
  if (newest === undefined) return [`no checkpoint has been cosigned by ${policy} of them`];
  return [
    `the newest checkpoint with cosignatures of ${policy} has ${counted(newest.size)} events:`,
    ...newest.by.map(({ name, at }) => `${name} on ${new Date(at * 1000).toISOString()}`),
  ].map(printable);
}

function faultText(fault: Fault): string {
  switch (fault.fault) {
    case 'signature-wrong':
      return `${SOURCES[fault.source]} is not signed by the ledger's key, or is not what was signed`;
    case 'unsigned-too-long':
      return 'events wait for a checkpoint for longer than two intervals';
    case 'quorum-missing':
      return 'no checkpoint that there is has been cosigned by as many witnesses as asked';
    case 'root-differs':
      return `${SOURCES[fault.source]} has another root, and no place was found that explains it`;
    case 'log-shorter':
      return `${SOURCES[fault.source]} has more events, and it is not known which are gone`;
  }
}

/** Where the difference lies, as far as the log's own checkpoints tell. */
function between({ agreesTo, differsBy, events }: AuditReport): readonly string[] {
  if (agreesTo === undefined) return [];
  const to = differsBy ?? events;
  return [`it lies between event #${counted(agreesTo)} and event #${counted(to)}`];
}

function placeText(place: Place): string {
  const { verdict, at, was, type, stream, revision, id, why } = place;
  const parts = [
    at === undefined ? [] : [`#${String(at)}`],
    was === undefined || was === at ? [] : [`was #${String(was)}`],
    type === undefined ? [] : [type],
    stream === undefined ? [] : [`${stream}/${String(revision ?? '?')}`],
    id === undefined ? [] : [id],
    why === undefined ? [] : [`(${HIDDEN[why]})`],
  ].flat();
  return [verdict.padEnd(9), ...parts].map(printable).join('  ');
}

/** What somebody has written into a store may be anything; a terminal is not to obey it. */
function printable(text: string): string {
  return text.replace(/[^\P{C}]/gu, '\ufffd');
}

function envelopes({ envelopes: found }: AuditReport): readonly string[] {
  const { live, shredded, lost, accepted, unknown, pending } = found;
  const line = (count: number, text: string) => (count === 0 ? [] : [`${counted(count)} ${text}`]);
  return [
    ...line(live, 'with a key that is there'),
    ...line(shredded, 'shredded: an event of the log ends their keys'),
    ...line(pending, 'of these with a key that is still in the vault: an erasure under way'),
    ...line(lost, 'lost: their keys are gone, and no event ends them'),
    ...line(accepted, 'of these accepted as lost by an officer'),
    ...line(unknown, 'of which it is not known whether their keys are there'),
  ];
}

function tiles({ tiles: { damaged, damagedCount } }: AuditReport): readonly string[] {
  const more = damagedCount - damaged.length;
  return more > 0 ? [...damaged, `and ${counted(more)} more`] : damaged;
}

function metadata({ metadataChanges, metadataChangeCount }: AuditReport): readonly string[] {
  const lines = metadataChanges.map(
    ({ stream, revision, at, members }) =>
      `${stream}, its description ${String(revision)} of ${at}: ${members.join(', ') || 'nothing'}`,
  );
  const more = metadataChangeCount - lines.length;
  return (more > 0 ? [...lines, `and ${counted(more)} more`] : lines).map(printable);
}

function counted(number: number): string {
  return number.toLocaleString('en');
}
