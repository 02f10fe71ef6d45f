import type { Settings } from '../../composition/index.js';
import { DECLARED } from '../../composition/index.js';
import type { Check } from './check.js';
import { advice, ok } from './check.js';
import { listed } from './texts.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which engines the settings choose, and what in the environment looks like a setting and is none. */
export async function lookAtSettings(
  settings: Settings,
  environment: Environment,
): Promise<readonly Check[]> {
  const { eventStoreDb, vaultUrl, mongoDb, anchorUrl } = settings;
  const engines = [
    on('EventStoreDB', [['event log', eventStoreDb !== '']]),
    on('MongoDB', [
      ['vault', vaultUrl !== ''],
      ['views', mongoDb !== ''],
      ['anchor', anchorUrl !== ''],
    ]),
    on('files', [
      ['event log', eventStoreDb === ''],
      ['vault', vaultUrl === ''],
      ['views', mongoDb === ''],
      ['anchor', anchorUrl === ''],
    ]),
  ].flat();
  return [
    ok('settings', `valid; ${engines.join('; ')}; role ${settings.role}`),
    ...unknownIn(environment),
  ];
}

/** What of the ledger is on an engine, as a text; none where nothing is. */
function on(engine: string, parts: readonly (readonly [string, boolean])[]): readonly string[] {
  const there = parts.filter(([, isThere]) => isThere).map(([part]) => part);
  return there.length === 0 ? [] : [`${engine}: ${listed(there)}`];
}

function unknownIn(environment: Environment): readonly Check[] {
  const known = new Set<string>(Object.values(DECLARED).map(({ variable }) => variable));
  const unknown = Object.keys(environment)
    .filter((name) => name.startsWith('LEDGER_') && !known.has(name))
    .sort();
  if (unknown.length === 0) return [];
  return [
    advice('settings-unknown', {
      seen: `${listed(unknown)}: no setting of this program`,
      mend: 'look for a slip of the pen, or take it away: ledger config lists all settings',
    }),
  ];
}
