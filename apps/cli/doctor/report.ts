import type { Session } from '../session.js';
import type { Check, Status } from './check.js';
import { STATUSES } from './check.js';
import type { Looked } from './run.js';
import { plural } from './texts.js';

const WIDTH = 100;
const MARKS: Readonly<Record<Status, string>> = {
  ok: 'ok',
  skipped: '-',
  advice: 'advice',
  warning: 'WARNING',
  failure: 'FAILURE',
};
const MARK_WIDTH = 9;
/** The longest code, and a gap. */
const CODE_WIDTH = 24;

/** The worst of all: what the command ends with. */
export function worstOf(checks: readonly Check[]): Status {
  const found = new Set(checks.map(({ status }) => status));
  return STATUSES.toReversed().find((status) => found.has(status)) ?? 'ok';
}

/** For people: what was seen, by theme; then what to do, the worst last. */
export function tell(session: Session, looked: readonly Looked[]): void {
  for (const [title, checks] of byTitle(looked)) {
    session.say(title);
    for (const check of checks) say(session, check, check.seen);
    session.say('');
  }
  const all = looked.flatMap(({ checks }) => checks);
  const toMend = all
    .filter(({ mend }) => mend !== undefined)
    .sort((a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status));
  if (toMend.length > 0) {
    session.say('What to do');
    for (const check of toMend) say(session, check, check.mend ?? '');
    session.say('');
  }
  session.say(totals(all));
}

/** For programs: one object. */
export function tellPrograms(session: Session, at: string, looked: readonly Looked[]): void {
  const checks = looked.flatMap(({ title, checks: found }) =>
    found.map((check) => ({ theme: title, ...check })),
  );
  session.json({ at, status: worstOf(checks), checks });
}

/** Themes under one title stand together. */
function byTitle(looked: readonly Looked[]): ReadonlyMap<string, readonly Check[]> {
  const found = new Map<string, readonly Check[]>();
  for (const { title, checks } of looked)
    found.set(title, [...(found.get(title) ?? []), ...checks]);
  return found;
}

/** A mark, a code, and a text that goes on beneath itself. */
function say(session: Session, { status, code, of }: Check, text: string): void {
  const head = `  ${MARKS[status].padEnd(MARK_WIDTH)}${code.padEnd(CODE_WIDTH)}`;
  const about = of === undefined ? text : `${of}: ${text}`;
  const [first = '', ...more] = wrapped(about, WIDTH - head.length);
  session.say(`${head}${first}`);
  for (const line of more) session.say(`${' '.repeat(head.length)}${line}`);
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function totals(checks: readonly Check[]): string {
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  const parts = [
    plural(count('failure'), 'failure'),
    plural(count('warning'), 'warning'),
    `${String(count('advice'))} advice`,
    `${String(count('ok'))} ok`,
    `${String(count('skipped'))} not looked at`,
  ];
  return parts.join(', ');
}
