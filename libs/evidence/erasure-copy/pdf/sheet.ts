import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** How a text looks. Sizes in points. */
const LOOKS = {
  title: { font: 'bold', size: 22, before: 0, after: 4 },
  heading: { font: 'bold', size: 12.5, before: 11, after: 2 },
  lead: { font: 'bold', size: 10.5, before: 6, after: 2 },
  text: { font: 'regular', size: 9.5, before: 0, after: 3 },
  small: { font: 'regular', size: 8, before: 0, after: 1.5 },
} as const;
export type Look = keyof typeof LOOKS;

const TAGS = { title: 'H1', heading: 'H2', lead: 'P', text: 'P', small: 'P' } as const;
const MARGIN = 56;
const FOOT = 30;
const INDENT = 14;
const INK = '#16191d';
const QUIET = '#4a525b';
const FONTS = '@fontsource/ibm-plex-sans/files/ibm-plex-sans-latin';

/** What a document says of itself. */
export interface SheetAbout {
  readonly title: string;
  readonly language: string;
  readonly author: string;
  readonly at: Date;
}

/** A file that goes into the document. */
export interface SheetFile {
  readonly name: string;
  readonly type: string;
  readonly says: string;
  readonly bytes: Buffer;
}

/**
 * A tagged PDF, written from top to bottom, with its fonts in it. The same is written to the same bytes:
 * its dates are given, and its id is made of them.
 */
export class Sheet {
  readonly #chunks: Uint8Array[] = [];
  readonly #root: PDFKit.PDFStructureElement;
  readonly #ended: Promise<void>;

  private constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly about: SheetAbout,
  ) {
    document.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#ended = new Promise((resolve, reject) => {
      document.on('end', resolve).on('error', reject);
    });
    document.registerFont('regular', fontFile('400')).registerFont('bold', fontFile('600'));
    document.addPage();
    this.#root = document.struct('Document');
    document.addStructure(this.#root);
  }

  static async begin(about: SheetAbout): Promise<Sheet> {
    // Fonts take a while to load: only who asks for a document waits for that.
    const { default: PDFDocument } = await import('pdfkit');
    const { title, language, author, at } = about;
    const document = new PDFDocument({
      size: 'A4',
      margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN },
      pdfVersion: '1.7',
      tagged: true,
      lang: language,
      displayTitle: true,
      autoFirstPage: false,
      bufferPages: true,
      info: { Title: title, Author: author, CreationDate: at, ModDate: at },
    });
    return new Sheet(document, about);
  }

  /** A paragraph or a heading. */
  say(text: string, look: Look = 'text'): void {
    const { before } = LOOKS[look];
    // A heading does not stand alone at the end of a page.
    this.#room(text, look, look === 'heading' ? 40 : 0);
    if (this.document.y > MARGIN) this.document.y += before;
    this.#root.add(this.#marked(TAGS[look], text, look));
  }

  /** A list, with a sign or a number before each of its texts. */
  list(texts: readonly string[], look: Look = 'text', isNumbered = false): void {
    const list = this.document.struct('L');
    // What is in an element is written when the element has its place in the document.
    this.#root.add(list);
    texts.forEach((text, at) => {
      this.#room(text, look, 0);
      const top = this.document.y;
      const item = this.document.struct('LI');
      list.add(item);
      item.add(this.#marked('Lbl', isNumbered ? `${String(at + 1)}.` : '•', look));
      this.document.y = top;
      item.add(this.#marked('LBody', text, look, INDENT));
      item.end();
    });
    list.end();
  }

  /** Names and their values, a line each. */
  facts(rows: readonly (readonly [name: string, value: string])[], look: Look = 'small'): void {
    for (const [name, value] of rows) {
      this.#room(`${name}: ${value}`, look, 0);
      const write = () => {
        const { size, after } = LOOKS[look];
        this.document.font('bold').fontSize(size).fillColor(QUIET);
        this.document.text(`${name}: `, MARGIN, this.document.y, { continued: true });
        this.document.font('regular').fillColor(INK).text(value);
        this.document.y += after;
      };
      this.#root.add(this.document.struct('P', {}, write));
    }
  }

  /** What comes next begins on a new page, unless this one has so much room for it. @param points */
  keep(points: number): void {
    const { page } = this.document;
    if (this.document.y + points > page.height - MARGIN) this.document.addPage();
  }

  attach({ name, type, says, bytes }: SheetFile): void {
    const { at } = this.about;
    const dates = { creationDate: at, modifiedDate: at };
    // ISO 32000-2, 14.13: the document shows what the file says.
    const about = { name, type, description: says, relationship: 'Source', ...dates };
    this.document.file(bytes, about);
  }

  /** @param foot of each page */
  async end(foot: (page: number, of: number) => string): Promise<Buffer> {
    this.#root.end();
    const { count } = this.document.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.document.switchToPage(page);
      this.#foot(foot(page + 1, count));
    }
    this.document.end();
    await this.#ended;
    return Buffer.concat(this.#chunks);
  }

  /** What stands on every page is no part of what is read aloud. */
  #foot(text: string): void {
    const { page } = this.document;
    page.margins.bottom = 0;
    this.document.markContent('Artifact', { type: 'Pagination' });
    this.document.font('regular').fontSize(LOOKS.small.size).fillColor(QUIET);
    this.document.text(text, MARGIN, page.height - FOOT, { align: 'center', lineBreak: false });
    this.document.endMarkedContent();
  }

  #marked(tag: string, text: string, look: Look, indent = 0): PDFKit.PDFStructureElement {
    return this.document.struct(tag, {}, () => {
      this.#write(text, look, indent);
    });
  }

  #write(text: string, look: Look, indent: number): void {
    const { font, size, after } = LOOKS[look];
    this.document.font(font).fontSize(size).fillColor(INK);
    const width = this.document.page.width - 2 * MARGIN - indent;
    this.document.text(text, MARGIN + indent, this.document.y, { width, lineGap: 1 });
    this.document.y += after;
    this.document.x = MARGIN;
  }

  /** A text stands on one page: a new one begins where it has no room. */
  #room(text: string, look: Look, more: number): void {
    const { font, size, before } = LOOKS[look];
    const { page } = this.document;
    const width = page.width - 2 * MARGIN - INDENT;
    const height = this.document.font(font).fontSize(size).heightOfString(text, { width });
    if (this.document.y + before + height + more > page.height - MARGIN) this.document.addPage();
  }
}

function fontFile(weight: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(`${FONTS}-${weight}-normal.woff`));
}
