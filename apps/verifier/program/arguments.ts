import { parseArgs } from 'node:util';

import { LANGUAGES, languageOf, type Language } from '../words/language.js';

/** What somebody asks of the program. */
export interface Asked {
  readonly bundle: string | undefined;
  readonly vkey: string | undefined;
  /** File of a checkpoint that was kept. */
  readonly from: string | undefined;
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly language: Language;
}

export const HELP = `node verify.mjs [BUNDLE|COPY] [--vkey KEY] [--from FILE] [--lang fi|sv|en] [--json]

Checks an evidence bundle: a folder or a zip, by default the folder that this program is in; or a
person's copy of an erasure receipt: a JSON file, or the PDF that has it attached.
  --vkey KEY    the ledger's key, had by another way than this file
  --from FILE   a checkpoint that you kept from before
  --json        one line of JSON

Exit codes: 0 all is what was signed; 2 input refused; 10 altered, 11 missing, 12 inserted,
13 reordered, 14 key lost, 15 a signature is wrong or something leads to no signed root,
16 not the history of the kept checkpoint. Of several the first of 16, 15, 13, 12, 11, 10, 14.
`;

/** Reads the arguments; undefined where they are not as the help says. */
export function readArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        vkey: { type: 'string' },
        from: { type: 'string' },
        lang: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { vkey, from, lang, json, help } = values;
    const named = LANGUAGES.find((one) => one === lang);
    if (positionals.length > 1 || (lang !== undefined && named === undefined)) return undefined;
    const { LC_ALL = '', LC_MESSAGES = '', LANG = '' } = environment;
    const language = named ?? languageOf([LC_ALL, LC_MESSAGES, LANG], 'en');
    return { bundle: positionals[0], vkey, from, isJson: json, isHelp: help, language };
  } catch {
    return undefined;
  }
}
