import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { CaseDoc, CaseNumber, Voucher } from '#customers';
import { customersView, ERASABLE, previewErasure } from '#customers';
import type { SubjectId } from '#kernel';
import { parseInstant, START } from '#kernel';
import { helsinkiDate } from '#law';

import { FILES } from '../../composition/index.js';
import type { Narrator } from './narrator.js';
import { textOf } from './narrator.js';
import { scan, tryToOpen, wrappedKeys } from './proof.js';
import { accepted, Stage } from './stage.js';

/** The demo, scene by scene. Everything in it really happens. */
export class Scenes {
  readonly #stage: Stage;
  #keys: readonly Buffer[] = [];

  constructor(
    private readonly folder: string,
    private readonly narrator: Narrator,
  ) {
    this.#stage = new Stage(folder);
  }

  /** Plays all scenes. */
  async play(): Promise<void> {
    await this.#stage.open();
    try {
      const { matti, maija } = await this.#register();
      await this.#change(matti, maija);
      const invoice = await this.#order(matti);
      const number = await this.#ask(matti);
      await this.#settle(matti, invoice, number);
      await this.#law(number);
      await this.#keysGone(matti, maija);
      await this.#restore(matti, maija);
      await this.#replay();
    } finally {
      await this.#stage.close();
    }
  }

  async #register() {
    const { narrator } = this;
    await narrator.scene('register');
    const { commands } = this.#stage.ledger;
    const matti = accepted(
      await commands.register(this.#stage.asking(), {
        category: 'company',
        identity: { firstName: 'Matti', lastName: 'Meikäläinen', customerNumber: 'A-1001' },
        contact: { email: 'matti.meikalainen@example.fi', phone: '+358 40 555 1001' },
        affiliation: { organisation: 'Esimerkki Oy', title: 'hankintapäällikkö' },
      }),
    ).subject;
    const maija = accepted(
      await commands.register(this.#stage.asking(), {
        category: 'private',
        identity: { firstName: 'Maija', lastName: 'Virtanen', customerNumber: 'A-1002' },
        contact: { email: 'maija.virtanen@example.fi' },
      }),
    ).subject;
    narrator.say((t) => t.registered('Matti Meikäläinen, Esimerkki Oy'));
    narrator.say((t) => t.registered('Maija Virtanen'));
    return { matti, maija };
  }

  async #change(matti: SubjectId, maija: SubjectId): Promise<void> {
    await this.narrator.scene('change');
    const address = { street: 'Mannerheimintie 1', postalCode: '00100', city: 'Helsinki' };
    await this.#stage.on({ do: 'update-contact', subject: matti, changes: { address } });
    const phone = '+358 50 555 1002';
    await this.#stage.on({ do: 'update-contact', subject: maija, changes: { phone } });
    this.narrator.say((t) => t.changed('Matti Meikäläinen'));
    this.narrator.say((t) => t.changed('Maija Virtanen'));
    const shown = await this.#shown(maija);
    this.narrator.say((t) => t.shown(shown));
  }

  async #order(matti: SubjectId): Promise<string> {
    await this.narrator.scene('order');
    const stage = this.#stage;
    const voucher: Voucher = {
      number: '2001',
      date: helsinkiDate(stage.clock.now()),
      buyer: { name: 'Matti Meikäläinen' },
      total: '149.90',
      currency: 'EUR',
    };
    const { commands } = stage.ledger;
    const asking = stage.asking('order-management');
    const ordered = accepted(await commands.recordOrder(asking, matti, { voucher }));
    const order = textOf(ordered.events[0]?.data.order);
    const opened = accepted(
      await commands.on(stage.asking('invoicing'), {
        do: 'open-invoice',
        subject: matti,
        order,
        voucher,
      }),
    );
    this.narrator.say((t) => t.ordered('149.90 EUR'));
    await mkdir(this.#old, { recursive: true });
    await stage.ledger.stores.vault.backup?.(this.#oldVault);
    this.#keys = wrappedKeys(this.#oldVault, matti);
    this.narrator.say((t) => t.copied);
    return textOf(opened.events[0]?.data.invoice);
  }

  async #ask(matti: SubjectId): Promise<CaseNumber> {
    const { narrator } = this;
    await narrator.scene('ask');
    const { ledger, clock } = this.#stage;
    const previews = accepted(
      await previewErasure(ledger.handler, ledger.commands, clock, matti, ERASABLE),
    );
    for (const { weighed } of previews) {
      narrator.say((t) => t.goesNow(narrator.parts(weighed.free)));
      narrator.waits(weighed.waits);
    }
    const asked = accepted(
      await ledger.commands.requestErasure(this.#stage.asking('data-subject-rights'), matti, {
        ground: 'no-longer-needed',
        categories: ERASABLE,
        reply: { email: 'matti.meikalainen@example.fi', language: 'fi' },
      }),
    );
    narrator.say((t) => t.asked(asked.case));
    narrator.receipt(await this.#stage.receipts(asked.case, 1));
    return asked.case;
  }

  async #settle(matti: SubjectId, invoice: string, number: CaseNumber): Promise<void> {
    const { narrator } = this;
    await narrator.scene('settle');
    const on = helsinkiDate(this.#stage.clock.now());
    await this.#stage.on({ do: 'settle-invoice', subject: matti, invoice, on });
    narrator.say((t) => t.settled);
    const found = await this.#stage.receipts(number, 2);
    narrator.receipt(found);
    narrator.waits(found.parts.flatMap(({ waits }) => waits));
  }

  async #law(number: CaseNumber): Promise<void> {
    const { narrator } = this;
    await narrator.scene('law');
    const found = accepted(await this.#stage.ledger.reading.case(number));
    const until = lastDay(found);
    const from = this.#stage.clock.now().slice(0, 10);
    const day = `${String(Number(until.slice(0, 4)) + 1)}-01-01`;
    narrator.say((t) => t.clockMoves(from, day));
    await this.#stage.moveClock(parseInstant(`${day}T09:00:00Z`, 'day'));
    const erased = await this.#stage.receipts(number, 3);
    narrator.receipt(erased);
    const copies = erased.parts.flatMap((part) => part.receipts).at(-1)?.unreadableInCopiesBy;
    narrator.say((t) => t.noMoreCopies(textOf(copies).slice(0, 10)));
  }

  async #keysGone(matti: SubjectId, maija: SubjectId): Promise<void> {
    const { narrator } = this;
    await narrator.scene('keys');
    const all = this.#keys.length;
    const old = await scan(this.#old, this.#keys);
    const now = await scan(this.#stage.settings.data, this.#keys);
    narrator.say((t) => t.bytesBefore(old.found, all));
    narrator.say((t) => t.bytesAfter(now.found, all, now.files));
    await this.#tryToOpen(matti, maija);
  }

  async #restore(matti: SubjectId, maija: SubjectId): Promise<void> {
    const { narrator } = this;
    await narrator.scene('restore');
    narrator.say((t) => t.putBack);
    await this.#stage.close();
    const vault = join(this.#stage.settings.data, FILES.vault);
    // Put back as a restore does it: another file under the name, not other bytes in the file.
    for (const rest of ['', '-wal', '-shm']) await rm(vault + rest, { force: true });
    await copyFile(this.#oldVault, vault);
    await this.#stage.open();
    narrator.say((t) => t.caught(this.#stage.ledger.gate.cameBack));
    const now = await scan(this.#stage.settings.data, this.#keys);
    narrator.say((t) => t.bytesAfter(now.found, this.#keys.length, now.files));
    await this.#tryToOpen(matti, maija);
  }

  async #replay(): Promise<void> {
    await this.narrator.scene('replay');
    const { log } = this.#stage.ledger.stores;
    const events = await log.readAll(START, 1_000);
    const names = ['Meikäläinen', 'Virtanen', 'Mannerheimintie', '@example.fi'];
    const { found } = await scan(
      this.#stage.settings.data,
      names.map((name) => Buffer.from(name)),
    );
    this.narrator.say((t) => t.replayIntro(events.length, found));
    this.narrator.events(events);
  }

  async #tryToOpen(matti: SubjectId, maija: SubjectId): Promise<void> {
    const { open, all } = await tryToOpen(this.#stage.ledger, matti);
    this.narrator.say((t) => t.notOpened(open, all));
    const shown = await this.#shown(maija);
    this.narrator.say((t) => t.othersOpen(shown));
  }

  /** What the register shows of a customer now, values in one line. */
  async #shown(subject: SubjectId): Promise<string> {
    await this.#stage.settled(customersView.name);
    const { reading } = this.#stage.ledger;
    const found = accepted(await reading.read(this.#stage.asking(), subject));
    return found
      .flatMap(({ values }) => Object.values(values))
      .flatMap((value) => (value.state === 'present' ? Object.values(value.value) : []))
      .filter((value) => typeof value === 'string')
      .join(', ');
  }

  get #old(): string {
    return join(this.folder, 'old-copy');
  }

  get #oldVault(): string {
    return join(this.#old, FILES.vault);
  }
}

function lastDay(found: CaseDoc): string {
  const days = found.parts
    .flatMap(({ waits }) => waits)
    .flatMap(({ holds }) => holds)
    .flatMap((hold) => (hold.hold === 'statutory' ? [hold.until] : []));
  const last = days.toSorted().at(-1);
  if (last === undefined) throw new Error('the demo found no statutory hold');
  return last;
}
