import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Ledger, Processes } from '../../apps/composition/index.js';
import { openLedger, readSettings, startProcesses } from '../../apps/composition/index.js';
import { benchAudit } from './audit.js';
import { benchErasure } from './erasure.js';
import { benchEvidence } from './evidence.js';
import type { Figure } from './figures.js';
import { asTable, isMet } from './figures.js';
import type { Floors } from './floors.js';
import { measureFloors } from './floors.js';
import { benchHttp } from './http.js';
import { benchImport } from './import.js';
import { benchLog } from './log.js';
import { benchServices } from './services/index.js';
import { benchOpeningView, benchPlainView } from './views.js';

const run = promisify(execFile);
const MEMORY_EVENTS = 1_000_000;

/** Every benchmark, in the order of the table. */
const BENCHES: readonly (readonly [
  string,
  (folder: string, floors: Floors) => Promise<readonly Figure[]>,
])[] = [
  ['import', benchImport],
  ['log', benchLog],
  ['audit', benchAudit],
  ['evidence', benchEvidence],
  ['http', (folder) => benchHttp(folder)],
  ['ledger', benchLedger],
  ['memory', benchMemory],
];

/** Benches that need a ledger in this process, projecting as the server does. */
async function benchLedger(folder: string, floors: Floors): Promise<readonly Figure[]> {
  const plain = await withLedger(join(folder, 'plain'), async (ledger, processes) => [
    await benchPlainView(ledger, floors),
    ...(await benchErasure(ledger, processes)),
  ]);
  const opening = await withLedger(join(folder, 'opening'), async (ledger) => [
    await benchOpeningView(ledger, floors),
  ]);
  return [...plain, ...opening];
}

async function withLedger<T>(
  folder: string,
  work: (ledger: Ledger, processes: Processes) => Promise<T>,
): Promise<T> {
  const settings = readSettings({ LEDGER_DATA: folder });
  const ledger = await openLedger({ settings, what: 'bench', projecting: 'apart' });
  const processes = startProcesses(ledger);
  try {
    return await work(ledger, processes);
  } finally {
    await processes.stop();
    await ledger.close();
  }
}

async function benchMemory(folder: string, floors: Floors): Promise<readonly Figure[]> {
  const inProcess = (...given: readonly string[]) =>
    run(process.execPath, ['--enable-source-maps', 'dist/test/bench/memory.js', ...given]);
  const data = join(folder, 'memory');
  await inProcess('fill', data, String(MEMORY_EVENTS));
  const { stdout } = await inProcess('rebuild', data);
  const { peak } = JSON.parse(stdout) as { readonly peak: number };
  return [
    {
      work: 'memory of a rebuild of 1M events',
      figure: peak / 1024 / 1024,
      unit: 'MB',
      floor: { what: 'raw SQLite read and JSON.parse, rows/s', figure: floors.read },
      goal: { atMost: 512 },
    },
  ];
}

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = await mkdtemp(join(tmpdir(), 'ledger-bench-'));
try {
  const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
  const figures: Figure[] = [];
  if (process.argv.includes('--services')) {
    figures.push(...(await benchServices(folder, isWanted)));
  } else {
    const floors = await measureFloors(folder);
    for (const [name, bench] of BENCHES) {
      if (!isWanted(name)) continue;
      process.stderr.write(`${name} …\n`);
      figures.push(...(await bench(folder, floors)));
    }
  }
  if (process.argv.includes('--json')) {
    const rows = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
    process.stdout.write(`${JSON.stringify({ node: process.version, figures: rows }, null, 2)}\n`);
  } else {
    const machine = `Node ${process.version}, ${String(cpus().length)} cores`;
    process.stdout.write(`${machine}\n\n${asTable(figures)}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
