import type { Check } from './check.js';
import { failure, ok, warning } from './check.js';
import { listed } from './texts.js';

/** The oldest Node that the ledger is tried with: major and minor, as package.json says. */
const OLDEST = [20, 19] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** What runs the ledger: Node, and how it was told to run. The server's own may differ. */
export async function lookAtMachine(environment: Environment): Promise<readonly Check[]> {
  return [nodeVersion(process.versions.node), nodeOptions(environment), certificates(environment)];
}

export function nodeVersion(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  const wanted = OLDEST.join('.');
  return isOld
    ? failure('node-version', { seen: `Node ${version}`, mend: `run Node ${wanted} or later` })
    : ok('node-version', `Node ${version} on ${process.platform} ${process.arch}`);
}

/** Options that let others into the process's memory, or leave it on the disk: keys are in it. */
const REVEALING =
  /^--(inspect|debug|abort-on-uncaught-exception|heapsnapshot|heap-prof|report-(on|uncaught)|cpu-prof|diagnostic-dir)/;

function nodeOptions({ NODE_OPTIONS = '' }: Environment): Check {
  const names = NODE_OPTIONS.split(/\s+/).flatMap((one) => /^--?[\w-]+/.exec(one)?.[0] ?? []);
  const revealing = names.filter((name) => REVEALING.test(name));
  if (revealing.length > 0) {
    return warning('node-options', {
      seen: `NODE_OPTIONS has ${listed(revealing)}: whoever may look sees keys and values in memory`,
      mend: 'take them out of the environment of servers',
    });
  }
  return ok('node-options', names.length === 0 ? 'none' : `NODE_OPTIONS has ${listed(names)}`);
}

function certificates({ NODE_TLS_REJECT_UNAUTHORIZED }: Environment): Check {
  return NODE_TLS_REJECT_UNAUTHORIZED === '0'
    ? failure('node-certificates', {
        seen: 'NODE_TLS_REJECT_UNAUTHORIZED=0: any certificate is believed, so anybody can stand between',
        mend: 'take it away, and name the certificate authority in the URLs (tlsCAFile)',
      })
    : ok('node-certificates', 'certificates are checked');
}
