// Reads the compose files as Docker Compose does, and holds them to the rules of this house.
import { spawnSync } from 'node:child_process';

/** The only services whose ports anybody outside may reach: the ledger's own. */
const PUBLISHED = /^(ledger|api-\d)$/;
/** Root alone can hand files to their readers; it may do that and nothing else. */
const ROOT = 'credentials';

/**
 * @typedef {object} Service
 * @property {string} image
 * @property {string} [user]
 * @property {boolean} [read_only]
 * @property {string[]} [cap_drop]
 * @property {string[]} [cap_add]
 * @property {boolean} [privileged]
 * @property {string[]} [security_opt]
 * @property {string} [restart]
 * @property {{ test?: string[], disable?: boolean }} [healthcheck]
 * @property {{ host_ip?: string }[]} [ports]
 * @property {string} [network_mode]
 * @property {Record<string, unknown>} [networks]
 * @property {Record<string, string>} [environment]
 * @property {Record<string, { condition: string }>} [depends_on]
 * @property {string[]} [entrypoint]
 * @property {string[]} [command]
 */

/** @typedef {{ services: Record<string, Service>, networks: Record<string, { internal?: boolean }> }} Project */

/**
 * What Docker Compose makes of a file, with no setting from outside.
 * @param {string} compose the program
 * @param {string} file
 * @returns {Project}
 */
export function projectOf(compose, file) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const args = ['-f', file, 'config', '--format', 'json'];
  const { status, stdout, stderr } = spawnSync(compose, args, { env, encoding: 'utf8' });
  // A warning is a variable that is not set, or a word that Compose no longer knows.
  if (status !== 0 || stderr !== '') throw new Error(`${file}: ${stderr}`);
  return JSON.parse(stdout);
}

/** @param {Project} project @param {string} image that of the ledger, whose image has a healthcheck */
export function problemsOf({ services, networks }, image) {
  return Object.entries(services).flatMap(([name, service]) => {
    const isTask = service.restart?.startsWith('on-failure') === true;
    const inside = Object.keys(service.networks ?? {}).filter((one) => one !== 'front');
    const published = (service.ports ?? []).map(({ host_ip }) => host_ip);
    const checked = service.healthcheck?.test !== undefined || service.image === image;
    const held = {
      'a read-only root': service.read_only === true,
      'no capability': service.cap_drop?.join() === 'ALL' && service.privileged !== true,
      'none added': (service.cap_add ?? []).every((one) => name === ROOT && one === 'CHOWN'),
      'no new privileges': service.security_opt?.includes('no-new-privileges:true') === true,
      'a user by number, not root': name === ROOT || /^[1-9]\d*:[1-9]\d*$/.test(service.user ?? ''),
      'a restart policy': isTask || service.restart === 'unless-stopped',
      'a healthcheck': isTask || (checked && service.healthcheck?.disable !== true),
      'no port published': published.length === 0 || PUBLISHED.test(name),
      'ports on loopback alone': published.every((ip) => ip === '127.0.0.1'),
      'stores in internal networks': inside.every((one) => networks[one]?.internal === true),
      'no network of its own accord':
        service.network_mode === undefined || /^(none|service:.+)$/.test(service.network_mode),
      'an image by version': /:[\w.-]+$/.test(service.image) && !/:latest$/.test(service.image),
      'no password in clear': Object.values(service.environment ?? {}).every(
        (value) => !/:\/\/[^/@\s]*:[^/@\s]*@/.test(value),
      ),
      'waiting for what ends or is healthy': Object.entries(service.depends_on ?? {}).every(
        ([other, { condition }]) =>
          condition ===
          (services[other]?.restart?.startsWith('on-failure')
            ? 'service_completed_successfully'
            : 'service_healthy'),
      ),
    };
    const broken = Object.entries(held).filter(([, holds]) => !holds);
    return broken.map(([rule]) => `${name}: ${rule}`);
  });
}
