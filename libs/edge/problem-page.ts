import type { ProblemEntry } from './problems/index.js';

const LANGUAGES = ['fi', 'sv', 'en'] as const;

/** The page of one problem, Finnish first. Plain HTML: it needs no script and no style from outside. */
export function problemPage(code: string, entry: ProblemEntry): string {
  const sections = LANGUAGES.map(
    (language) =>
      `<section lang="${language}"><h2>${escaped(entry.title[language])}</h2>` +
      `<p>${escaped(entry.help[language])}</p></section>`,
  );
  return htmlPage(
    'fi',
    `${entry.title.fi} (${code})`,
    `<h1><code>${escaped(code)}</code> · HTTP ${String(entry.status)}</h1>${sections.join('')}`,
  );
}

/** A small page of our own. */
export function htmlPage(language: string, title: string, body: string): string {
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title></head>` +
    `<body>${body}</body></html>\n`
  );
}

/** Text as it may stand in HTML. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
