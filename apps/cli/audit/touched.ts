import type { Touch } from '#evidence';
import { Auditor, READS_NOT_RECORDED, touchOf } from '#evidence';
import type { SubjectId } from '#kernel';
import { uuidAs } from '#kernel';
import type { Command } from 'commander';

import { EXITS_HELP } from '../exits.js';
import { openedLog } from '../replay.js';
import type { Session } from '../session.js';
import { noteLinked, notFound } from './customers.js';

/** `ledger audit touched` */
export function addTouched(audit: Command, session: Session): void {
  audit
    .command('touched')
    .argument('<ID>', 'id of the customer')
    .description(
      "Tell who touched a person, when and why: the events of the person's stream, and those of others " +
        `that hold data of the person or name the person. ${READS_NOT_RECORDED}`,
    )
    .option('--json', 'a JSON object a line')
    .addHelpText('after', EXITS_HELP)
    .action((id: string, { json }: { readonly json?: boolean }) =>
      touched(session, uuidAs<SubjectId>(id, 'ID'), json === true),
    );
}

async function touched(session: Session, subject: SubjectId, asJson: boolean): Promise<void> {
  const log = await openedLog(session);
  try {
    const until = await log.head();
    const pages = await new Auditor(log).touching(subject, until);
    if (pages === undefined) throw notFound();
    const linked = noteLinked(session, subject);
    for await (const page of pages) {
      let lines = '';
      for (const event of page) {
        const touch = event.position > until ? undefined : touchOf(subject, event);
        if (touch === undefined) continue;
        linked(event);
        lines += asJson ? `${JSON.stringify(touch)}\n` : textOf(touch);
      }
      await session.write(lines);
    }
  } finally {
    await log.close();
  }
  session.note(`ledger: ${READS_NOT_RECORDED}`);
}

function textOf(touch: Touch): string {
  const { position, at, actor, purpose, source, stream, revision, type, how, categories } = touch;
  const where = `${stream}@${String(revision)}`;
  const sealed = categories.length === 0 ? '' : ` sealed=${categories.join('+')}`;
  return `${position} ${at} ${actor} ${purpose} ${source} ${type} ${where} ${how}${sealed}\n`;
}
