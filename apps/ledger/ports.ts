import { setTimeout as pause } from 'node:timers/promises';

import type { NoticeState } from '#accountability';
import { noticeDecider, REGISTER_STREAM } from '#accountability';
import { DeclaredRegister, NoticeBoard } from '#accountability/edge';
import type { Asking, CaseDoc, Erasable } from '#customers';
import { acceptLostKeys, casesView, previewErasure } from '#customers';
import { CaseList, ErasureCopyDesk, ErasureDesk } from '#customers/edge';
import { EdgePorts, Freshness, Problem } from '#edge';
import type { CopyLanguage, TilePath } from '#evidence';
import { Auditor, figuresAt, FiguresJobs } from '#evidence';
import { AuditDesk, EvidenceDesk } from '#evidence/edge';
import type { EventId, Position, SubjectId } from '#kernel';
import type { Page } from '#views';

import type { Ledger, Processes } from '../composition/index.js';
import { ErasureCopies, EVENT_TYPES, EvidenceReader } from '../composition/index.js';
import type { ServerLog } from './log.js';
import type { Readiness } from './readiness.js';

const POLL_MILLIS = 10;

/** Access to the ledger: tokens, purposes, readiness. */
export class LedgerPorts extends EdgePorts {
  readonly #purposes: ReadonlySet<string>;

  constructor(
    private readonly ledger: Ledger,
    private readonly readiness: Readiness,
    private readonly log: ServerLog,
  ) {
    super();
    this.#purposes = new Set(ledger.definition.purposes.map(({ code }) => code));
  }

  override verify(token: string) {
    return this.ledger.tokens.verify(token);
  }

  override hasPurpose(code: string): boolean {
    return this.#purposes.has(code);
  }

  override waitingFor(): string | undefined {
    return this.readiness.holdsUp;
  }

  override isEvidencePublic(): boolean {
    return this.ledger.settings.evidencePublic;
  }

  override onDefect(error: unknown): void {
    this.log.defect(error);
  }
}

/** Queries that see what commands did, and commands that answer when views have forgotten. */
export class LedgerFreshness extends Freshness {
  constructor(
    private readonly ledger: Ledger,
    private readonly processes: Processes,
  ) {
    super();
  }

  override async seen(view: string, after: string | undefined): Promise<void> {
    if (after === undefined) return;
    if (after > (await this.ledger.stores.log.head())) {
      throw new Problem('position-unknown', 'The log has no such position.');
    }
    const { projections, settings } = this.ledger;
    // Not after the head, in the order that positions have as text.
    const isSeen = await projections.waitFor(view, after as Position, settings.waitMillis);
    if (!isSeen) throw new Problem('view-behind', 'The read model has not come so far yet.');
  }

  override forgotten(position: string): Promise<boolean> {
    const { projections, settings } = this.ledger;
    return projections.waitForAll(position as Position, settings.waitMillis);
  }

  override async until(isSo: () => Promise<boolean>): Promise<boolean> {
    const end = performance.now() + this.ledger.settings.waitMillis;
    this.nudge();
    while (!(await isSo())) {
      if (performance.now() > end) return false;
      await pause(POLL_MILLIS);
    }
    return true;
  }

  override nudge(): void {
    this.processes.nudge();
  }
}

export class LedgerErasureDesk extends ErasureDesk {
  constructor(private readonly ledger: Ledger) {
    super();
  }

  override preview(subject: SubjectId, categories: readonly Erasable[]) {
    const { handler, commands, clock } = this.ledger;
    return previewErasure(handler, commands, clock, subject, categories);
  }

  override acceptLostKeys(asking: Asking, subject: SubjectId) {
    const { handler, commands, stores } = this.ledger;
    return acceptLostKeys(handler, commands, stores.vault.vault, asking, subject);
  }
}

export class LedgerErasureCopyDesk extends ErasureCopyDesk {
  readonly #copies: ErasureCopies;

  constructor(ledger: Ledger) {
    super();
    this.#copies = new ErasureCopies(ledger);
  }

  override copy(erasure: EventId, wait: boolean) {
    return this.#copies.copy(erasure, wait);
  }

  override pdf(copy: string, language: CopyLanguage) {
    return this.#copies.pdf(copy, language);
  }
}

export class LedgerCaseList extends CaseList {
  constructor(private readonly ledger: Ledger) {
    super();
  }

  override page(status: CaseDoc['status'] | undefined, page: Page) {
    return this.ledger.stores.views.find(casesView, status === undefined ? {} : { status }, page);
  }
}

export class LedgerDeclarations extends DeclaredRegister {
  constructor(private readonly ledger: Ledger) {
    super();
  }

  override definition() {
    return this.ledger.definition;
  }

  override notice(): number {
    return this.ledger.policy.notice;
  }
}

export class LedgerNotices extends NoticeBoard {
  constructor(private readonly ledger: Ledger) {
    super();
  }

  override published(): Promise<NoticeState> {
    return this.ledger.handlerOf(() => noticeDecider).look(REGISTER_STREAM, ({ state }) => state);
  }
}

export class LedgerEvidenceDesk extends EvidenceDesk {
  readonly #reader: EvidenceReader;

  constructor(ledger: Ledger) {
    super();
    this.#reader = new EvidenceReader(ledger);
  }

  override status() {
    return this.#reader.status();
  }

  override checkpoint() {
    return this.#reader.checkpoint();
  }

  override tile(path: TilePath) {
    return this.#reader.tile(path);
  }

  override receipt(event: EventId, wait: boolean) {
    return this.#reader.receipt(event, wait);
  }

  override signNow() {
    return this.#reader.signNow();
  }
}

export class LedgerAuditDesk extends AuditDesk {
  override readonly auditor: Auditor;
  override readonly figures: FiguresJobs;

  constructor(private readonly ledger: Ledger) {
    super();
    const { stores, evidence } = ledger;
    this.auditor = new Auditor(stores.log);
    const read = { log: stores.log, tree: evidence.tree };
    this.figures = new FiguresJobs((at, onProgress) => figuresAt(read, at, onProgress));
  }

  override now() {
    return this.ledger.clock.now();
  }

  override isEventType(name: string): boolean {
    return Object.hasOwn(EVENT_TYPES, name);
  }
}
