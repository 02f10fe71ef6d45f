import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Outcome } from '#commands';
import type { CustomerCommand, Voucher } from '#customers';
import { parseImportMap } from '#customers';
import type { Refusal, SubjectId } from '#kernel';
import { isRefusal } from '#kernel';
import { parseLocalDate } from '#law';

import { EvidenceReader } from '../../../apps/composition/index.js';
import { fileForm } from '../../../apps/cli/import/file-form.js';
import { reportLines } from '../../../apps/cli/import/refusals.js';
import { runImport } from '../../../apps/cli/import/run.js';
import { KeyEpochs } from '../../../apps/composition/key-epochs.js';
import { accepted, allEnded, asking, viewsAtHead } from './asking.js';
import { differingViews } from './folded.js';
import type { Working } from './folder.js';
import { until } from './until.js';

/** What was acknowledged: the step, and the events that it is to find again for ever. */
export interface Acknowledged {
  readonly step: string;
  readonly events: readonly string[];
}

type Did = Outcome | readonly Outcome[] | Refusal;
type Kept = Outcome & { readonly subject: SubjectId };

/** Long past the time for which the law keeps its voucher. */
const OLD = voucherOf('2012-05-04');
const RECENT = voucherOf('2026-03-04');
const DAY = dayOf('2026-04-01');

const ROWS = 12;
const IMPORTED = { kind: 'customers', source: 'old-register', category: 'private', key: 'id' };

/**
 * A scripted piece of work that touches everything that can be interrupted. Done again on the same
 * folder, it asks the same things under the same keys.
 */
export class Life {
  constructor(
    private readonly folder: string,
    private readonly working: Working,
    private readonly acknowledge: (done: Acknowledged) => void,
    private readonly signs = true,
  ) {}

  async live(): Promise<void> {
    await this.#trade();
    await this.#rectify();
    await this.#eraseAtOnce();
    await this.#eraseWhenSettled();
    await this.#merge();
    await this.#rotate();
    await this.#import();
    if (this.signs) await this.#sign();
    await this.#viewsAreFolds();
    await this.#rebuild();
    await viewsAtHead(this.working.ledger);
  }

  async #trade(): Promise<void> {
    const company = await this.#register('company');
    const buyer = await this.#register('buyer', 'B-1');
    const { subject } = company;
    const affiliation = { organisation: 'Oy Ab', title: 'Buyer' };
    const role = { do: 'start-contact-role', organisation: subject, affiliation, on: DAY } as const;
    await this.#on('role', { ...role, subject: buyer.subject });
    const { commands } = this.working.ledger;
    const placedBy = { customer: buyer.subject, name: 'Aino' };
    await this.#step('placed-order', () =>
      commands.recordOrder(asking('placed-order'), subject, { voucher: RECENT, placedBy }),
    );
    await this.#on('paid', { do: 'record-invoice', subject, voucher: RECENT, settledOn: DAY });
    await this.#on('ban', { do: 'forbid-use', subject, use: 'direct-marketing' });
    await this.#on('restrict', { do: 'restrict', subject, ground: 'accuracy-contested' });
  }

  /** What is removed is deleted: its key is ended, and destroyed by the ledger itself. */
  async #rectify(): Promise<void> {
    const { subject } = await this.#register('rectified', 'B-2');
    await this.#on('rectify', { do: 'update-contact', subject, changes: { email: null } });
    await allEnded(this.working.ledger, subject);
    this.acknowledge({ step: 'rectify-finished', events: [] });
    await this.#on('change', { do: 'update-contact', subject, changes: { phone: '2' } });
  }

  async #eraseAtOnce(): Promise<void> {
    const { subject } = await this.#register('erased', 'B-3');
    await this.#on('old-order', { do: 'record-order', subject, voucher: OLD });
    await this.#erase('erase', subject);
    await allEnded(this.working.ledger, subject);
    this.acknowledge({ step: 'erase-finished', events: [] });
  }

  async #eraseWhenSettled(): Promise<void> {
    const { subject } = await this.#register('waiting', 'B-4');
    const opened = await this.#on('open', { do: 'open-invoice', subject, voucher: OLD });
    await this.#erase('ask', subject);
    const invoice = opened.events[0]?.data.invoice as string;
    await this.#on('settle', { do: 'settle-invoice', subject, invoice, on: DAY });
    await until('the waiting erasure to begin', async () => {
      this.working.processes.nudge();
      return this.working.ledger.handler.look(
        opened.stream,
        ({ state }) => state.keys.identity?.g1?.state === 'gone',
      );
    });
    this.acknowledge({ step: 'ask-finished', events: [] });
  }

  async #merge(): Promise<void> {
    const { ledger } = this.working;
    const kept = await this.#register('kept');
    const absorbed = await this.#register('absorbed');
    await this.#step('merge', () =>
      ledger.commands.merge(asking('merge'), kept.subject, absorbed.subject),
    );
    await this.#step('restrict-both', () =>
      ledger.commands.onLinked(asking('restrict-both'), kept.subject, (subject) => ({
        do: 'restrict',
        subject,
        ground: 'objection-pending',
      })),
    );
  }

  async #rotate(): Promise<void> {
    const epochs = new KeyEpochs(this.working.ledger);
    await epochs.rotate();
    await epochs.retireDue();
    this.acknowledge({ step: 'rotate', events: [] });
  }

  /** Of a second life too: something is always new, if only a key-encryption key. */
  async #sign(): Promise<void> {
    const reader = new EvidenceReader(this.working.ledger);
    const isSigned = async () => (await reader.signNow()) !== undefined;
    await until('a checkpoint over all that happened', isSigned);
  }

  async #import(): Promise<void> {
    const path = join(this.folder, 'old-register.csv');
    const rows = Array.from({ length: ROWS }, (_, at) => `${String(at)},I-${String(at)},Ilmari`);
    await writeFile(path, ['id,customerNumber,lastName', ...rows, ''].join('\n'));
    const totals = await runImport({
      ledger: this.working.ledger,
      environment: process.env,
      path,
      form: await fileForm(path, { encoding: 'auto', delimiter: 'auto' }),
      map: parseImportMap(IMPORTED),
      isTrial: false,
      report: reportLines(() => undefined),
      progress: { update: () => undefined, stop: () => undefined },
      signal: new AbortController().signal,
    });
    if (totals.taken + totals.unchanged !== ROWS) throw new Error('rows were refused');
    this.acknowledge({ step: 'import', events: [] });
  }

  /** Looked at before one of them is made anew, which would hide what it has lost. */
  async #viewsAreFolds(): Promise<void> {
    const { ledger } = this.working;
    await until('views to be what events make of them', async () => {
      await viewsAtHead(ledger);
      return (await differingViews(ledger)).length === 0;
    });
  }

  async #rebuild(): Promise<void> {
    const { projections, stores } = this.working.ledger;
    const { id } = await projections.rebuild('customers');
    await until('the rebuilt view to be live, and nothing else', async () => {
      const builds = await stores.views.builds();
      const mine = builds.filter(({ view }) => view === 'customers');
      return mine.length === 1 && mine[0]?.id === id && mine[0].state === 'live';
    });
    this.acknowledge({ step: 'rebuild', events: [] });
  }

  #register(name: string, customerNumber?: string): Promise<Kept> {
    const { commands } = this.working.ledger;
    const number = customerNumber === undefined ? {} : { customerNumber };
    return this.#step(`register-${name}`, () =>
      commands.register(asking(`register-${name}`), {
        category: name === 'company' ? 'company' : 'private',
        identity: { lastName: name, ...number },
        contact: { email: `${name}@example.fi`, phone: '1' },
      }),
    );
  }

  #erase(step: string, subject: SubjectId): Promise<readonly Outcome[]> {
    const { commands } = this.working.ledger;
    return this.#step(step, async () => {
      const asked = await commands.requestErasure(asking(step), subject, {
        ground: 'consent-withdrawn',
        categories: ['identity', 'affiliation', 'contact', 'orders'],
        reply: { email: 'reply@example.fi', language: 'fi' },
      });
      return isRefusal(asked) ? asked : asked.outcomes;
    });
  }

  #on(step: string, command: CustomerCommand): Promise<Outcome> {
    return this.#step(step, () => this.working.ledger.commands.on(asking(step), command));
  }

  async #step<T extends Did>(step: string, ask: () => Promise<T | Refusal>): Promise<T> {
    const outcome: T = accepted(await ask());
    const outcomes = (Array.isArray(outcome) ? outcome : [outcome]) as readonly Outcome[];
    const events = outcomes.flatMap((one) => one.events.map(({ id }) => id));
    this.acknowledge({ step, events });
    return outcome;
  }
}

function voucherOf(date: string): Voucher {
  return { date, buyer: { name: 'Aino' }, total: '12.50', currency: 'EUR' };
}

function dayOf(text: string) {
  const day = parseLocalDate(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
}
