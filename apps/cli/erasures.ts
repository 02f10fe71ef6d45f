import type { CaseDoc } from '#customers';
import { casesView, parseCaseNumber } from '#customers';
import { COPY_LANGUAGES, type CopyLanguage } from '#evidence';
import { isRefusal } from '#kernel';
import type { Row } from '#views';
import { Option, type Command } from 'commander';

import type { Ledger } from '../composition/index.js';
import { startProcesses } from '../composition/index.js';
import { writeCopy } from './erasure-copy.js';
import { EXITS_HELP, Refused } from './exits.js';
import type { Session } from './session.js';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

interface CaseOptions {
  readonly json?: boolean;
  readonly copy?: string;
  readonly receipt?: string;
  readonly language: CopyLanguage;
}

const PAGE = 500;

/** `ledger erasures list` and `ledger case NUMBER` */
export function addErasures(program: Command, session: Session): void {
  program
    .command('erasures')
    .description('Erasure cases.')
    .addHelpText('after', EXITS_HELP)
    .command('list')
    .description('List the cases that are not at their end, oldest first, and what they wait for.')
    .option('--all', 'also those that are')
    .option('--json', 'a JSON object a line')
    .addHelpText('after', EXITS_HELP)
    .action((options: Options) => list(session, options));
  program
    .command('case')
    .description('Show one erasure case: its state, what it waits for, its receipts.')
    .argument('<NUMBER>', 'such as E-7K3M-Q9XD-2PAB')
    .option('--json', 'one line of JSON')
    .option('--copy <FILE>', "write the person's signed copy of the receipt: FILE.pdf or FILE.json")
    .option('--receipt <EVENT>', 'which receipt, where the case has several')
    .addOption(
      new Option('--language <LANGUAGE>', 'of the PDF').choices(COPY_LANGUAGES).default('fi'),
    )
    .addHelpText('after', EXITS_HELP)
    .action((number: string, options: CaseOptions) => show(session, number, options));
}

async function list(session: Session, options: Options): Promise<void> {
  await upToDate(session, async (ledger) => {
    const filter = options.all === true ? {} : { status: { $in: ['open', 'waiting', 'erasing'] } };
    const sort = { field: 'requestedAt', direction: 1 } as const;
    for (let after: Row<CaseDoc> | undefined; ;) {
      const from =
        after === undefined ? {} : { after: { value: after.doc.requestedAt, id: after.id } };
      const rows = await ledger.stores.views.find(casesView, filter, {
        sort,
        limit: PAGE,
        ...from,
      });
      for (const { id, doc } of rows) {
        if (options.json === true) session.json({ case: id, ...doc });
        else session.say(`${id}  ${doc.status}  asked ${doc.requestedAt}  ${waitsOf(doc)}`.trim());
      }
      after = rows.at(-1);
      if (rows.length < PAGE) return;
    }
  });
}

async function show(session: Session, text: string, options: CaseOptions): Promise<void> {
  const number = parseCaseNumber(text);
  await upToDate(session, async (ledger) => {
    const found = await ledger.reading.case(number);
    if (isRefusal(found)) throw new Refused(found);
    const { copy: file, language, receipt } = options;
    if (file !== undefined) {
      await writeCopy(ledger, number, found, { file, language, receipt });
      session.note(`ledger: wrote ${file}`);
      return;
    }
    if (options.json === true) {
      session.json({ case: number, ...found });
      return;
    }
    session.say(`case       ${number}`);
    session.say(`state      ${found.status}${found.closed ? ', closed' : ''}`);
    session.say(`ground     ${found.ground}`);
    session.say(`asked      ${found.requestedAt}, to be answered by ${found.answerBy}`);
    if (waitsOf(found) !== '') session.say(waitsOf(found));
    for (const receipt of found.parts.flatMap((part) => part.receipts)) {
      session.say(
        `erased     ${receipt.at}; in no copy from ${JSON.stringify(receipt.unreadableInCopiesBy)}`,
      );
      session.say(`receipt    ${receipt.event}`);
    }
  });
}

/** Views are kept by a server; where none runs, this process brings them up to date. */
async function upToDate(session: Session, work: (ledger: Ledger) => Promise<void>): Promise<void> {
  await session.withLedger('erasures', async (ledger) => {
    const processes = startProcesses(ledger);
    try {
      const head = await ledger.stores.log.head();
      await ledger.projections.waitFor(casesView.name, head, ledger.settings.leaseMillis * 2);
      await work(ledger);
    } finally {
      await processes.stop();
    }
  });
}

function waitsOf(doc: CaseDoc): string {
  const waits = doc.parts.flatMap((part) =>
    part.waits.map(({ category, scope, holds }) => {
      const named = holds.map((hold) =>
        hold.hold === 'statutory' ? `the law until ${hold.until}` : hold.hold,
      );
      return `${category} ${scope} for ${named.join(', ')}`;
    }),
  );
  return waits.length === 0 ? '' : `waits: ${waits.join('; ')}`;
}
