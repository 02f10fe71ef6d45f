import type { EventVerdict, BundleVerdict } from '#evidence/verifier';

import { numberIn, wordsIn } from '../words/sentences.js';
import type { Language } from '../words/language.js';
import { element } from './dom.js';

const PAGE = 100;
const COLUMNS = ['index', 'verdict', 'type', 'stream', 'revision', 'recordedAt', 'id'] as const;

/** A sign for each verdict, beside its name: colour alone tells nothing to many. */
const SIGNS: Readonly<Record<BundleVerdict, readonly [sign: string, tone: string]>> = {
  INTACT: ['✓', 'good'],
  SHREDDED: ['✓', 'good'],
  UNSIGNED: ['…', 'warn'],
  LOST: ['✗', 'bad'],
  ALTERED: ['✗', 'bad'],
  INSERTED: ['✗', 'bad'],
  MISSING: ['✗', 'bad'],
  REORDERED: ['✗', 'bad'],
};

/** A verdict as it stands in tables. */
export function verdictMark(verdict: BundleVerdict, language: Language): HTMLElement {
  const [sign, tone] = SIGNS[verdict];
  const [name] = wordsIn(language).verdicts[verdict];
  const mark = element('span', { 'aria-hidden': 'true' }, `${sign} `);
  return element('span', { class: `verdict ${tone}` }, mark, name);
}

/** The events, a page at a time. */
export class EventsTable {
  readonly element = element('div');
  #from = 0;
  #isAmissOnly: boolean;

  constructor(
    private readonly events: readonly EventVerdict[],
    private readonly language: Language,
  ) {
    this.#isAmissOnly = events.some((event) => isAmiss(event)) && events.length > PAGE;
    this.#render();
  }

  #render(): void {
    const chosen = this.#isAmissOnly ? this.events.filter(isAmiss) : this.events;
    const page = chosen.slice(this.#from, this.#from + PAGE);
    this.element.replaceChildren(this.#filter(), this.#table(page, chosen), this.#pager(chosen));
  }

  #filter(): HTMLElement {
    const { page } = wordsIn(this.language);
    const choice = (label: string, isAmissOnly: boolean) => {
      const isChosen = this.#isAmissOnly === isAmissOnly;
      const input = element('input', { type: 'radio', name: 'show' });
      input.checked = isChosen;
      input.addEventListener('change', () => {
        this.#isAmissOnly = isAmissOnly;
        this.#from = 0;
        this.#render();
        this.#focus('input:checked');
      });
      return element('label', {}, input, label);
    };
    const legend = element('legend', {}, page.show);
    const choices = [choice(page.showAll, false), choice(page.showAmiss, true)];
    return element('fieldset', { class: 'controls' }, legend, ...choices);
  }

  #table(page: readonly EventVerdict[], all: readonly EventVerdict[]): HTMLElement {
    const { columns, page: said } = wordsIn(this.language);
    const number = numberIn(this.language);
    const last = Math.min(this.#from + PAGE, all.length);
    const range = said.pages(
      number(Math.min(this.#from + 1, last)),
      number(last),
      number(all.length),
    );
    const caption = element('caption', { id: 'events-caption' }, said.caption(range));
    const heads = COLUMNS.map((column) => element('th', { scope: 'col' }, columns[column]));
    const rows = page.map((event) => this.#row(event));
    const table = element(
      'table',
      {},
      caption,
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...rows),
    );
    const about = { role: 'region', tabindex: '0', 'aria-labelledby': 'events-caption' };
    return element('div', { class: 'scroll', ...about }, table);
  }

  #row(event: EventVerdict): HTMLTableRowElement {
    const {
      index,
      signedAt,
      verdict,
      type = '',
      stream = '',
      revision,
      recordedAt = '',
      id = '',
    } = event;
    const moved =
      signedAt === undefined ? '' : ` (${wordsIn(this.language).signedAt(String(signedAt))})`;
    const cell = (text: string) => element('td', {}, text);
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, index === undefined ? '–' : String(index)),
      element('td', {}, verdictMark(verdict, this.language), moved),
      ...[type, stream, String(revision ?? ''), recordedAt, id].map(cell),
    );
  }

  #pager(all: readonly EventVerdict[]): HTMLElement {
    const { page } = wordsIn(this.language);
    const button = (name: string, label: string, from: number, isThere: boolean) => {
      const made = element('button', { type: 'button', 'data-go': name }, label);
      made.disabled = !isThere;
      made.addEventListener('click', () => {
        this.#from = from;
        this.#render();
        this.#focus(`[data-go=${name}]:enabled, [data-go]:enabled`);
      });
      return made;
    };
    const next = this.#from + PAGE;
    return element(
      'div',
      { class: 'controls' },
      button('previous', page.previous, Math.max(0, this.#from - PAGE), this.#from > 0),
      button('next', page.next, next, next < all.length),
    );
  }

  /** What had the focus was made anew. */
  #focus(selector: string): void {
    const found = this.element.querySelector(selector);
    if (found instanceof HTMLElement) found.focus();
  }
}

function isAmiss({ verdict }: EventVerdict): boolean {
  return SIGNS[verdict][1] !== 'good';
}
