import { helsinkiDate } from '#law';

import { base64, readCopy, type ErasureCopy } from '../../verifier/index.js';
import { dayIn, instantIn } from './dates.js';
import { en } from './en.js';
import { fi } from './fi.js';
import { Sheet } from './sheet.js';
import { sv } from './sv.js';
import { toldIn, type HoldTold, type PartTold, type ToldReceipt } from './told.js';
import type { CopyLanguage, CopyWords } from './words.js';

/** Name of the file in the document that is signed. */
export const COPY_FILE = 'erasure-copy.json';

/** What a copy says of the register, in the copy's language. Nothing of it is signed. */
export interface CopyRegister {
  readonly controller: string;
  readonly name: string;
  /** What each category of data is called, and what it holds. */
  readonly categories: Readonly<
    Record<string, { readonly title: string; readonly content: string }>
  >;
  /** The supervisory authority: name, addresses, telephone and the like, a line each. */
  readonly authority: readonly string[];
}

/** About what the last two sections take, in points. */
const ROOM_TO_CHECK = 320;

const WORDS: Readonly<Record<CopyLanguage, CopyWords>> = { fi, sv, en };

/**
 * A copy as a document for the person, with the copy itself attached. The same bytes for the same copy.
 * @param text a copy as the ledger has signed it
 */
export async function copyPdf(
  text: string,
  register: CopyRegister,
  language: CopyLanguage,
): Promise<Buffer> {
  const copy = readCopy(text);
  if (copy === undefined) throw new TypeError('no copy of an erasure receipt');
  const told = toldIn(copy.receipt);
  const words = WORDS[language];
  const sheet = await Sheet.begin({
    title: `${words.title} ${told.case}`,
    language,
    author: register.controller,
    at: new Date(copy.madeAt),
  });
  new Page(sheet, words, language, { copy, told, register }).write();
  const bytes = Buffer.from(text);
  sheet.attach({ name: COPY_FILE, type: 'application/json', says: words.attachment, bytes });
  return sheet.end((page, of) => `${told.case} · ${words.page(String(page), String(of))}`);
}

interface Shown {
  readonly copy: ErasureCopy;
  readonly told: ToldReceipt;
  readonly register: CopyRegister;
}

class Page {
  constructor(
    private readonly sheet: Sheet,
    private readonly words: CopyWords,
    private readonly language: CopyLanguage,
    private readonly shown: Shown,
  ) {}

  write(): void {
    this.#top();
    this.#what();
    this.#when();
    this.#kept();
    this.#disclosed();
    this.#rights();
    // How to check it, and what with, are seen together.
    this.sheet.keep(ROOM_TO_CHECK);
    this.#check();
    this.#proof();
  }

  #top(): void {
    const { sheet, words } = this;
    const { copy, told, register } = this.shown;
    sheet.say(words.title, 'title');
    sheet.facts(
      [
        [words.facts.controller, register.controller],
        [words.facts.register, register.name],
        [words.facts.case, told.case],
        [words.facts.madeAt, this.#at(copy.madeAt)],
      ],
      'text',
    );
    sheet.say(words.lead(register.controller), 'lead');
    sheet.say(words.means);
  }

  #what(): void {
    const { sheet, words } = this;
    const { told, register } = this.shown;
    sheet.say(words.headings.what, 'heading');
    const contents = (part: PartTold) => register.categories[part.category]?.content;
    const texts = told.keys.map((part) => {
      const content = contents(part);
      return content === undefined ? this.#part(part) : `${this.#part(part)}: ${lower(content)}`;
    });
    sheet.list([...new Set(texts)]);
    sheet.say(words.headings.why, 'heading');
    sheet.say(words.grounds[told.ground]);
  }

  #when(): void {
    const { sheet, words } = this;
    const { copy, told } = this.shown;
    sheet.say(words.headings.when, 'heading');
    sheet.say(words.since(this.#at(told.unreadableSince)));
    sheet.say(words.by(dayIn(this.language, copy.copies.day)));
    sheet.say(words.copies(copy.copies.state, told.case));
  }

  #kept(): void {
    const { sheet, words } = this;
    const { kept } = this.shown.told;
    sheet.say(words.headings.kept, 'heading');
    if (kept.length === 0) sheet.say(words.nothingKept);
    else {
      sheet.say(words.keptLead);
      sheet.list(
        kept.map((part) => {
          const holds = part.holds.map((hold) => this.#hold(hold));
          return `${this.#part(part)}: ${[...new Set(holds)].join('; ')}`;
        }),
      );
    }
    sheet.say(words.traces);
  }

  #disclosed(): void {
    const { sheet, words } = this;
    const { disclosed } = this.shown.told;
    sheet.say(words.headings.disclosed, 'heading');
    if (disclosed.length === 0) {
      sheet.say(words.nothingDisclosed);
      return;
    }
    sheet.say(words.disclosed(String(disclosed.length)));
    sheet.list(disclosed, 'small');
  }

  #rights(): void {
    const { sheet, words } = this;
    sheet.say(words.headings.rights, 'heading');
    sheet.say(words.complaint);
    sheet.say(this.shown.register.authority.join(' · '));
    sheet.say(words.court);
  }

  #check(): void {
    const { sheet, words } = this;
    sheet.say(words.headings.check, 'heading');
    sheet.list(words.steps, 'text', true);
    sheet.say(words.signedIs);
  }

  #proof(): void {
    const { sheet, words } = this;
    const { copy, told } = this.shown;
    const { facts } = words;
    const { index, head } = copy.erasure.proof;
    const cosigners = head.note.signatures.flatMap(({ name }) =>
      name === copy.origin ? [] : [name],
    );
    sheet.say(words.headings.proof, 'heading');
    sheet.say(words.proofLead);
    sheet.facts([
      [facts.ledger, `${copy.origin}, ${copy.ledger}`],
      [facts.event, `SubjectErased ${copy.receipt.event}`],
      [facts.index, String(index)],
      [facts.size, String(head.size)],
      [facts.root, base64(head.root)],
      ...(cosigners.length === 0 ? [] : [[facts.cosigners, cosigners.join(', ')] as const]),
      [facts.vkey, copy.vkey],
      [facts.signer, told.signer],
      [facts.keys, told.keys.map(({ fingerprint }) => fingerprint).join(', ')],
    ]);
  }

  #part({ category, scope }: PartTold): string {
    const title = this.shown.register.categories[category]?.title ?? category;
    const isYear = /^\d{4}-\d{2}-\d{2}$/.test(scope);
    return isYear ? `${title}, ${this.words.financialYear(dayIn(this.language, scope))}` : title;
  }

  #hold({ hold, until }: HoldTold): string {
    if (hold !== 'statutory') return this.words.holds[hold];
    return this.words.statutory(dayIn(this.language, until));
  }

  #at(instant: string): string {
    return instantIn(this.language, instant, helsinkiDate(instant));
  }
}

/** As it stands after a colon. */
function lower(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}
