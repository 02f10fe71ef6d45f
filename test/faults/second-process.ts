import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { isJsonObject, isRefusal, Outage, uuidAs } from '#kernel';
import type { SubjectId } from '#kernel';

import { asking, viewsAtHead } from './support/asking.js';
import type { Working } from './support/folder.js';
import { startWorking } from './support/folder.js';
import { readingOf, register } from './support/people.js';

/**
 * A second process on a folder. It does what each line on stdin says, and answers on stdout: one
 * JSON object a line, with the line's own `id`.
 *
 * Argument: folder.
 */
const [folder = ''] = process.argv.slice(2);

function say(line: object): void {
  writeSync(process.stdout.fd, `${JSON.stringify(line)}\n`);
}

async function answer(working: Working, asked: Readonly<Record<string, unknown>>): Promise<object> {
  const { ledger } = working;
  const subject = () => uuidAs<SubjectId>(String(asked.subject), 'subject');
  switch (asked.do) {
    case 'register':
      return { subject: await register(ledger, String(asked.name)) };
    case 'read':
      await viewsAtHead(ledger);
      return { values: await readingOf(ledger, subject()) };
    case 'change': {
      const changed = await ledger.commands.on(asking(String(asked.key)), {
        do: 'update-contact',
        subject: subject(),
        changes: { phone: String(asked.key) },
      });
      return isRefusal(changed) ? { refused: changed.code } : { events: changed.events.length };
    }
    case 'number': {
      const outcome = await ledger.commands.register(asking(String(asked.key)), {
        category: 'private',
        identity: { lastName: 'x', customerNumber: String(asked.number) },
      });
      return isRefusal(outcome) ? { refused: outcome.code } : { subject: outcome.subject };
    }
    case 'projecting':
      return { projecting: ledger.projections.projecting };
    default:
      throw new Error('is not understood');
  }
}

async function answered(working: Working, asked: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    say({ id: asked.id, ...(await answer(working, asked)) });
  } catch (error) {
    if (!(error instanceof Outage)) throw error;
    say({ id: asked.id, outage: error.message });
  }
}

const working = await startWorking(folder);
say({ opened: working.ledger.id });
for await (const line of createInterface({ input: process.stdin })) {
  const asked: unknown = JSON.parse(line);
  if (!isJsonObject(asked)) continue;
  if (asked.do === 'stop') break;
  await answered(working, asked);
}
await working.stop();
process.stdin.destroy();
