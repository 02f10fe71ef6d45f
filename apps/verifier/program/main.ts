import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import {
  BundleUnreadable,
  checkBundle,
  checkCopy,
  isCopyRefused,
  isRefused,
  VERDICT_EXITS,
  type BundleReport,
  type CopyReport,
} from '#evidence/verifier';

import { copyRefused } from '../words/copy/sentences.js';
import { wordsIn } from '../words/sentences.js';
import { HELP, readArguments, type Asked } from './arguments.js';
import { nodeCryptography } from './cryptography.js';
import { copyFileAt, openBundle, type CopyFile } from './files.js';
import { copyAsJson, printedCopy } from './print-copy.js';
import { asJson, printed } from './print.js';

const asked = readArguments(process.argv.slice(2), process.env);
if (asked === undefined || asked.isHelp) {
  (asked === undefined ? process.stderr : process.stdout).write(HELP);
  process.exitCode = asked === undefined ? VERDICT_EXITS.refused : VERDICT_EXITS.good;
} else {
  const copy = asked.bundle === undefined ? undefined : await copyFileAt(asked.bundle);
  process.exitCode = copy === undefined ? await run(asked) : await runOnCopy(copy, asked);
}

/** A person's copy of an erasure receipt. */
async function runOnCopy({ text, isAttachment }: CopyFile, asked: Asked): Promise<number> {
  const { vkey, witnesses, isJson, language } = asked;
  const kept = await keptIn(asked);
  const report: CopyReport =
    text === undefined
      ? { refused: 'no-attachment' }
      : await checkCopy(text, { vkey, kept, witnesses, isAttachment }, nodeCryptography);
  if (isCopyRefused(report)) {
    const { refused } = report;
    return refusal(refused, copyRefused(refused, language), isJson);
  }
  process.stdout.write(isJson ? `${copyAsJson(report)}\n` : printedCopy(report, language));
  return VERDICT_EXITS[report.exit];
}

/** Says why nothing was checked. @returns the exit code */
function refusal(refused: string, says: string, isJson: boolean): number {
  const code = VERDICT_EXITS.refused;
  if (isJson) process.stdout.write(`${JSON.stringify({ exit: code, refused })}\n`);
  else process.stderr.write(`${says}\n`);
  return code;
}

/** A file that is not there is no checkpoint. */
async function keptIn({ from }: Asked): Promise<string | undefined> {
  return from === undefined ? undefined : readFile(from, 'utf8').catch(() => '');
}

async function run(asked: Asked): Promise<number> {
  const report = await check(asked);
  if (isRefused(report)) {
    const { refused } = report;
    return refusal(refused, wordsIn(asked.language).refusals[refused], asked.isJson);
  }
  process.stdout.write(asked.isJson ? `${asJson(report)}\n` : printed(report, asked.language));
  return VERDICT_EXITS[report.exit];
}

async function check(asked: Asked): Promise<BundleReport> {
  const own = fileURLToPath(new URL('.', import.meta.url));
  const { bundle, vkey, witnesses } = asked;
  try {
    const opened = await openBundle(bundle ?? own);
    const kept = await keptIn(asked);
    try {
      return await checkBundle(opened.files, { vkey, kept, witnesses }, nodeCryptography);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (error instanceof BundleUnreadable) return { refused: 'no-bundle' };
    throw error;
  }
}
