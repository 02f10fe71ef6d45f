import {
  BundleUnreadable,
  checkBundle,
  checkCopy,
  type CopyAsked,
  type CopyReport,
  type WitnessesAsked,
} from '#evidence/verifier';

import { languageOf, type Language } from '../words/language.js';
import { numberIn, wordsIn } from '../words/sentences.js';
import type { Words } from '../words/words.js';
import { copyView } from './copy-view.js';
import { canCheckSignatures, webCryptography } from './cryptography.js';
import { byId, element } from './dom.js';
import { bundleIn, copyIn, droppedIn, pickedIn, type CopyPicked, type Picked } from './files.js';
import { reportView } from './report-view.js';

/** What came of a check, in a language. */
type View = (language: Language) => readonly HTMLElement[];

/** The page: what is open, what came of it, and in which language that is said. */
class Page {
  #language: Language = languageOf(navigator.languages, 'fi');
  #picked: Picked | undefined;
  #view: View | undefined;
  /** Of several checks the last counts. */
  #run = 0;
  readonly #progress = byId('progress', HTMLElement);
  readonly #shown = byId('report', HTMLElement);
  readonly #vkey = byId('vkey', HTMLInputElement);
  readonly #kept = byId('kept', HTMLTextAreaElement);
  readonly #witnesses = byId('witnesses', HTMLTextAreaElement);
  readonly #quorum = byId('quorum', HTMLInputElement);

  begin(): void {
    for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
      button.addEventListener('click', () => {
        this.#language = languageOf([button.dataset.language ?? ''], this.#language);
        this.#say();
      });
    }
    for (const id of ['file', 'folder']) {
      const input = byId(id, HTMLInputElement);
      input.addEventListener('change', () => {
        if (input.files?.length !== 0) void this.#open(Promise.resolve(pickedIn(input)));
      });
    }
    byId('again', HTMLButtonElement).addEventListener('click', () => void this.#check());
    this.#takeDrops();
    this.#say();
    void canCheckSignatures().then((can) => {
      if (!can) this.#tell(this.#words.page.tooOld);
    });
  }

  get #words(): Words {
    return wordsIn(this.#language);
  }

  #takeDrops(): void {
    const area = byId('drop', HTMLElement);
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      area.classList.add('over');
    });
    document.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) area.classList.remove('over');
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      area.classList.remove('over');
      if (event.dataTransfer !== null) void this.#open(droppedIn(event.dataTransfer));
    });
  }

  async #open(picked: Promise<Picked>): Promise<void> {
    this.#picked = await picked.catch(() => new Map());
    await this.#check();
  }

  async #check(): Promise<void> {
    if (this.#picked === undefined) {
      this.#tell(this.#words.page.none);
      return;
    }
    this.#run += 1;
    const run = this.#run;
    this.#view = undefined;
    this.#shown.replaceChildren();
    this.#tellRead(0);
    const view = await this.#checked(this.#picked, run);
    if (run !== this.#run) return;
    this.#view = view;
    this.#tell('');
    this.#say();
    this.#shown.querySelector<HTMLElement>('h2')?.focus();
  }

  async #checked(picked: Picked, run: number): Promise<View> {
    const given = (text: string) => (text.trim() === '' ? undefined : text);
    const vkey = given(this.#vkey.value.trim());
    // Text that was pasted may have lost its last newline, or have been given other ones.
    const kept = given(`${this.#kept.value.replaceAll('\r\n', '\n').trimEnd()}\n`);
    const witnesses = this.#asked();
    let told = performance.now();
    const onEvents = (events: number) => {
      if (run !== this.#run || performance.now() - told < 1_000) return;
      told = performance.now();
      this.#tellRead(events);
    };
    const copy = await copyIn(picked).catch(() => undefined);
    if (copy !== undefined) return this.#checkedCopy(copy, { vkey, kept, witnesses });
    const report = await bundleIn(picked)
      .then((files) => checkBundle(files, { vkey, kept, witnesses, onEvents }, webCryptography))
      .catch((error: unknown) => ({
        refused:
          error instanceof BundleUnreadable ? ('no-bundle' as const) : ('unreadable' as const),
      }));
    return (language) => reportView(report, language);
  }

  async #checkedCopy({ text, isAttachment }: CopyPicked, against: CopyAsked): Promise<View> {
    const report: CopyReport =
      text === undefined
        ? { refused: 'no-attachment' }
        : await checkCopy(text, { ...against, isAttachment }, webCryptography);
    return (language) => copyView(report, language);
  }

  /** Whose cosignatures are asked for; a number that is none is refused as such. */
  #asked(): WitnessesAsked | undefined {
    const witnesses = this.#witnesses.value.split(/\s+/).filter((word) => word !== '');
    const count = this.#quorum.value.trim();
    if (witnesses.length === 0 && count === '') return undefined;
    return { witnesses, quorum: count === '' ? undefined : Number(count) };
  }

  #tellRead(events: number): void {
    this.#tell(this.#words.page.reading(numberIn(this.#language)(events)));
  }

  #tell(text: string): void {
    this.#progress.replaceChildren(...(text === '' ? [] : [element('span', {}, text)]));
  }

  /** Says everything in the language that is chosen. */
  #say(): void {
    const { page, facts } = this.#words;
    document.documentElement.lang = this.#language;
    document.title = page.title;
    for (const one of document.querySelectorAll<HTMLElement>('[data-say]')) {
      const text: unknown = Object.entries(page).find(([name]) => name === one.dataset.say)?.[1];
      if (typeof text === 'string') one.textContent = text;
    }
    for (const one of document.querySelectorAll('[data-fact]')) one.textContent = facts.vkey;
    document.querySelector('nav')?.setAttribute('aria-label', page.language);
    for (const one of document.querySelectorAll<HTMLElement>('[data-language]')) {
      one.setAttribute('aria-pressed', String(one.dataset.language === this.#language));
    }
    if (this.#view !== undefined) this.#shown.replaceChildren(...this.#view(this.#language));
  }
}

new Page().begin();
