import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { InvalidInput, isJsonObject } from '#kernel';
import { parseLocalDate } from '#law';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';

import type { PublishNotice } from './notice/decider.js';
import type { NoticeText } from './notice/events.js';
import { LANGUAGES } from './register-definition/definition.js';
import type { Language, RegisterDefinition } from './register-definition/definition.js';
import { formError, parseRegisterDefinition } from './register-definition/parse.js';

const PACKAGE = 'privacy-ledger';
const REGISTER_FILE = 'enexus-register.json';
const NOTICE_FILE = /^notice-(\d{4}-\d{2}-\d{2})\.(fi|sv|en)\.txt$/;

const RegisterFile = Type.Object(
  {
    contactPerson: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 200 }),
        email: Type.String({ minLength: 3, maxLength: 320 }),
      },
      { additionalProperties: false },
    ),
    definition: Type.Unknown(),
  },
  { additionalProperties: false },
);

/** Whom data subjects turn to. A natural person: goes into no event, and into no log line. */
export type ContactPerson = Static<typeof RegisterFile>['contactPerson'];

/** The declaration of a register as it is read from its file. */
export interface RegisterDeclaration {
  readonly contactPerson: ContactPerson;
  readonly definition: RegisterDefinition;
}

/**
 * The folder of the definition that ships with the product: the same whether the code runs from its
 * sources or from a build, since the folder is found from the root of the package.
 */
export function definitionFolder(): string {
  return join(packageRoot(), 'libs', 'accountability', 'definition');
}

/**
 * Reads the declaration of the register.
 * @throws InvalidInput where it is not one; the error of node:fs where it cannot be read
 */
export function readRegister(folder = definitionFolder()): RegisterDeclaration {
  const json = parseJson(readFileSync(join(folder, REGISTER_FILE), 'utf8'));
  if (!Value.Check(RegisterFile, json)) throw formError(RegisterFile, json);
  return {
    contactPerson: json.contactPerson,
    definition: parseRegisterDefinition(json.definition),
  };
}

/**
 * The notices of a folder, oldest first, as the commands that publish them. One notice is the files
 * `notice-<date>.<language>.txt` of one date.
 * @throws InvalidInput for a date that does not exist; the error of node:fs
 */
export function readNotices(folder = definitionFolder()): readonly PublishNotice[] {
  const byDate = new Map<string, NoticeText[]>();
  for (const file of readdirSync(folder).sort()) {
    const [, date, language] = NOTICE_FILE.exec(file) ?? [];
    if (date === undefined || !isLanguage(language)) continue;
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    byDate.set(date, [...(byDate.get(date) ?? []), { language, file, sha256 }]);
  }
  return [...byDate].map(([text, texts]) => {
    const date = parseLocalDate(text);
    if (date === undefined) {
      throw new InvalidInput('notice', 'date', 'must bear a date that exists in its file name');
    }
    return { do: 'publish-notice', date, texts };
  });
}

/**
 * The text of a published notice, for showing it.
 * @throws InvalidInput `notice-altered` where the file is not the one that was published
 */
export function readNoticeText(published: NoticeText, folder = definitionFolder()): string {
  const bytes = readFileSync(join(folder, published.file));
  if (createHash('sha256').update(bytes).digest('hex') !== published.sha256) {
    throw new InvalidInput('notice', 'notice-altered', 'is not the text that was published');
  }
  return bytes.toString('utf8');
}

/** Node's own error quotes what it could not read; this one does not. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInput('file', 'json', 'must be JSON');
  }
}

function isLanguage(text: string | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** Walks up to the package.json that bears the product's name. */
function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest)) {
      const json = parseJson(readFileSync(manifest, 'utf8'));
      if (isJsonObject(json) && json.name === PACKAGE) return folder;
    }
    if (folder === dirname(folder)) throw new Error(`no package.json of ${PACKAGE} above ${start}`);
  }
}
