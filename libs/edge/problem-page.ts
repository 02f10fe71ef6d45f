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

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  code { font: 0.9em ui-monospace, monospace; }
  summary { cursor: pointer; padding: 0.25rem 0; }
  summary code { font-weight: 600; margin-right: 0.5rem; }
  details[open] { border-left: 3px solid #5a7fb5; padding-left: 1rem; margin-bottom: 1rem; }
  table { border-collapse: collapse; width: 100%; }
  td, li, p { overflow-wrap: anywhere; }
  td { border-top: 1px solid #8886; padding: 0.25rem 0.75rem 0.25rem 0; vertical-align: top; }
  h3 { margin: 2rem 0 0.5rem; }
`;

/** A small page of our own. */
export function htmlPage(language: string, title: string, body: string): string {
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head>` +
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
