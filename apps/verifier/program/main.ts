import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import {
  BundleUnreadable,
  checkBundle,
  isRefused,
  VERDICT_EXITS,
  type BundleReport,
} from '#evidence/verifier';

import { wordsIn } from '../words/sentences.js';
import { HELP, readArguments, type Asked } from './arguments.js';
import { nodeCryptography } from './cryptography.js';
import { openBundle } from './files.js';
import { asJson, printed } from './print.js';

const asked = readArguments(process.argv.slice(2), process.env);
if (asked === undefined || asked.isHelp) {
  (asked === undefined ? process.stderr : process.stdout).write(HELP);
  process.exitCode = asked === undefined ? VERDICT_EXITS.refused : VERDICT_EXITS.good;
} else {
  process.exitCode = await run(asked);
}

async function run(asked: Asked): Promise<number> {
  const report = await check(asked);
  if (isRefused(report)) {
    const { refused } = report;
    const code = VERDICT_EXITS.refused;
    if (asked.isJson) process.stdout.write(`${JSON.stringify({ exit: code, refused })}\n`);
    else process.stderr.write(`${wordsIn(asked.language).refusals[refused]}\n`);
    return code;
  }
  process.stdout.write(asked.isJson ? `${asJson(report)}\n` : printed(report, asked.language));
  return VERDICT_EXITS[report.exit];
}

async function check({ bundle, from, vkey, witnesses }: Asked): Promise<BundleReport> {
  const own = fileURLToPath(new URL('.', import.meta.url));
  try {
    const opened = await openBundle(bundle ?? own);
    // A file that is not there is no checkpoint.
    const kept = from === undefined ? undefined : await readFile(from, 'utf8').catch(() => '');
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
