// Runs the image alone, as `docker run --read-only` would: embedded stores in its two volumes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePorts } from '../services/replica-set.js';
import { Container } from './sandbox.js';

const READY_MILLIS = 60_000;

/** @typedef {ReturnType<typeof import('./build.js').buildImage>} Image */

/** @param {Image} image */
export async function checkImage({ root, config }) {
  if (!/^[1-9]\d*:[1-9]\d*$/.test(config.user)) throw new Error('the image runs as root');
  const volumes = mkdtempSync(join(tmpdir(), 'ledger-image-'));
  const [port] = await freePorts(1);
  const environment = { ...config.environment, PORT: String(port) };
  const mounts = config.volumes.map((target) => volumeOf(root, target, volumes));
  const container = new Container(
    { root, folder: config.folder, user: config.user, environment, mounts },
    [...config.entrypoint, ...config.command],
  );
  try {
    await container.until(config.healthcheck, READY_MILLIS);
    console.log('image: ready, says its own healthcheck');
    expect(container, ['sh', '-c', 'test "$(id -u):$(id -g)" = "$0"', config.user]);
    for (const path of ['/', '/app', '/app/dist', '/etc', '/usr']) {
      expect(container, ['sh', '-c', '! touch "$0/written"', path], '0:0');
    }
    for (const path of ['/tmp', ...config.volumes]) {
      expect(container, ['sh', '-c', 'touch "$0/written" && rm "$0/written"', path]);
    }
    console.log(`image: runs as ${config.user}, nobody writes but to /tmp and the volumes`);
    const status = expect(container, ['ledger', 'keys', 'status', '--json']);
    if (JSON.parse(status).keks?.length < 1) throw new Error(`keys status: ${status}`);
    console.log('image: `ledger keys status` beside the server');
    const code = await container.stop();
    if (code !== 0) throw new Error(`ended with ${code} after SIGTERM:\n${container.output}`);
    console.log('image: ended with 0 after SIGTERM, as process 1');
  } finally {
    await container.stop('SIGKILL');
    rmSync(volumes, { recursive: true, force: true });
  }
}

/**
 * A named volume as Docker makes it: with the owner, the mode and the contents of what it covers.
 * @param {string} root @param {string} target @param {string} volumes
 */
export function volumeOf(root, target, volumes) {
  const source = join(volumes, target.replaceAll('/', '_'));
  spawnSync('cp', ['-a', join(root, target), source], { stdio: 'inherit' });
  return { source, target };
}

/** What a command says that succeeds. @param {Container} container @param {string[]} command */
export function expect(container, command, user = container.settings.user) {
  const { status, stdout, stderr } = container.exec(command, user);
  if (status === 0) return stdout;
  throw new Error(`${command.join(' ')}: ended with ${String(status)}\n${stdout}${stderr}`);
}
