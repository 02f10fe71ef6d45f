import { parseArgs } from 'node:util';

import type { WitnessesAsked } from '#evidence/verifier';

import { LANGUAGES, languageOf, type Language } from '../words/language.js';

/** What somebody asks of the program. */
export interface Asked {
  readonly bundle: string | undefined;
  readonly vkey: string | undefined;
  /** File of a checkpoint that was kept. */
  readonly from: string | undefined;
  /** Keys of witnesses, and how many of them must have cosigned; undefined: nobody was asked for. */
  readonly witnesses: WitnessesAsked | undefined;
  readonly isJson: boolean;
  readonly isHelp: boolean;
  readonly language: Language;
}

export const HELP = `node verify.mjs [BUNDLE|COPY] [--vkey KEY] [--from FILE]
                [--witness KEY]... [--quorum COUNT] [--lang fi|sv|en] [--json]

Checks an evidence bundle: a folder or a zip, by default the folder that this program is in; or a
person's copy of an erasure receipt: a JSON file, or the PDF that has it attached.
  --vkey KEY    the ledger's key, had by another way than this file
  --from FILE   a checkpoint that you kept from before
  --witness KEY a witness outside whom you trust; may be given several times
  --quorum N    how many of them must have cosigned the checkpoint; all, if left out
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
        witness: { type: 'string', multiple: true },
        quorum: { type: 'string' },
        lang: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { vkey, from, witness, quorum, lang, json, help } = values;
    const named = LANGUAGES.find((one) => one === lang);
    if (quorum !== undefined && (witness === undefined || !/^[1-9]\d{0,2}$/.test(quorum))) {
      return undefined;
    }
    if (positionals.length > 1 || (lang !== undefined && named === undefined)) return undefined;
    const { LC_ALL = '', LC_MESSAGES = '', LANG = '' } = environment;
    const language = named ?? languageOf([LC_ALL, LC_MESSAGES, LANG], 'en');
    const count = quorum === undefined ? undefined : Number(quorum);
    const witnesses = witness && { witnesses: witness, quorum: count };
    return { bundle: positionals[0], vkey, from, witnesses, isJson: json, isHelp: help, language };
  } catch {
    return undefined;
  }
}
