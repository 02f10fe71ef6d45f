import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';

import type { Figure } from './figures.js';
import { perSecond } from './figures.js';
import type { Floors } from './floors.js';

const run = promisify(execFile);
const ROWS = 30_000;

const MAP = {
  kind: 'customers',
  source: 'bench',
  key: 'id',
  category: 'private',
  fields: {
    firstName: 'first',
    lastName: 'last',
    email: 'email',
    phone: 'phone',
    street: 'street',
    postalCode: 'code',
    city: 'city',
  },
};

/** An import into embedded stores. */
export async function benchImport(folder: string, floors: Floors): Promise<readonly Figure[]> {
  return [
    {
      work: 'bulk import of registrations, embedded, durable',
      figure: await importedRows(folder, ROWS, { LEDGER_DATA: join(folder, 'imported') }),
      unit: 'customers/s',
      floor: { what: 'raw SQLite insert, 500 a transaction', figure: floors.bulk },
      goal: { atLeast: 10_000 },
    },
  ];
}

/** Rows a second of the whole command `ledger import`, from the start of its process to its end. */
export async function importedRows(
  folder: string,
  rows: number,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const csv = join(folder, 'customers.csv');
  const map = join(folder, 'map.json');
  await writeFile(map, JSON.stringify(MAP));
  await writeRows(csv, rows);
  return perSecond(async () => {
    await run(process.execPath, ['dist/apps/cli/main.js', 'import', csv, '--map', map, '--json'], {
      env: { PATH: process.env.PATH, ...environment },
    });
    return rows;
  });
}

async function writeRows(file: string, rows: number): Promise<void> {
  const out = createWriteStream(file);
  out.write('id,first,last,email,phone,street,code,city\n');
  for (let n = 0; n < rows; n++) {
    const id = String(n);
    const row = `${id},Matti,Meikäläinen,matti${id}@example.fi,+358401234567,Katu 1,00100,Helsinki\n`;
    if (!out.write(row)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
