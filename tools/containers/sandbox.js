// Runs commands in a folder as in a container: that folder is the root file system, with this
// machine's programs and libraries in the place of the base image's. Linux, as root.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';

/** Why this machine cannot do it, undefined where it can. */
export function whyNot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'it takes Linux, as root';
  const tried = spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? undefined : 'this machine lets nobody make a mount namespace';
}

/** A check starts a Node of its own: more of them would slow down what they wait for. */
const POLL_MILLIS = 1_000;
/** As stop_grace_period in services.yaml. */
const GRACE_MILLIS = 30_000;

/** What the base image would bring; read-only. Node is where this process has it from. */
const BASE = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc'];
const NODE = dirname(dirname(process.execPath));
if (!BASE.some((folder) => `${NODE}/`.startsWith(`${folder}/`))) BASE.push(NODE);

/** Mounts the base into $root, which is a mount of its own from then on. */
const MOUNT_BASE = `set -e
mount --bind "$root" "$root"
at() { mkdir -p "$root$1"; }
for folder in ${BASE.join(' ')}; do
  if [ -L "$folder" ]; then
    [ -e "$root$folder" ] || ln -s "$(readlink "$folder")" "$root$folder"
  elif [ -d "$folder" ]; then
    at "$folder"
    mount --bind "$folder" "$root$folder"
    mount -o remount,ro,bind "$root$folder"
  fi
done
at /dev; mount --rbind /dev "$root/dev"
at /proc; mount -t proc proc "$root/proc"
at /tmp; mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$root/tmp"
`;

/** Starts "$@" in the folder $cwd of $root. */
const ENTER = `exec chroot "$root" /bin/sh -c 'cd "$0" && exec "$@"' "$cwd" "$@"\n`;

/** What was downloaded before is not asked for again. */
const NPM = { npm_config_prefer_offline: 'true', npm_config_update_notifier: 'false' };

/**
 * One RUN of a build: the root can be written to, and npm keeps what it has downloaded.
 * @param {string} root @param {string} cwd @param {string} command
 */
export function runInBuild(root, cwd, command) {
  const cache = `at /root/.npm; mkdir -p "$cache"; mount --bind "$cache" "$root/root/.npm"\n`;
  const { status } = spawnSync(
    'unshare',
    [
      '--mount',
      '--pid',
      '--fork',
      'sh',
      '-c',
      MOUNT_BASE + cache + ENTER,
      'sh',
      'sh',
      '-c',
      command,
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...NPM, HOME: '/root', root, cwd, cache: `${homedir()}/.npm` },
    },
  );
  if (status !== 0) throw new Error(`RUN ${command} failed`);
}

/**
 * @typedef {object} Settings
 * @property {string} root
 * @property {string} folder where it starts, within the root
 * @property {string} user `uid:gid`
 * @property {Record<string, string>} environment all of it
 * @property {{ source: string, target: string, readOnly?: boolean }[]} mounts
 */

/**
 * A process as a container runs it: process 1, an unprivileged user, no capabilities, none to be
 * gained, a root file system that is read-only but for /tmp and what is mounted.
 */
export class Container {
  /** @param {Settings} settings @param {string[]} command */
  constructor(settings, command) {
    this.settings = settings;
    const volumes = settings.mounts.map(
      ({ source, target, readOnly }) =>
        `at '${target}'; mount --bind '${source}' "$root${target}"\n` +
        (readOnly ? `mount -o remount,ro,bind "$root${target}"\n` : ''),
    );
    const script = `${MOUNT_BASE}${volumes.join('')}mount -o remount,ro,bind "$root"\n${ENTER}`;
    const { root, folder } = settings;
    this.process = spawn(
      'unshare',
      [
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        '-c',
        script,
        'sh',
        ...this.#as(command),
      ],
      { env: { PATH: process.env.PATH, root, cwd: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.output = '';
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.output += text));
    }
    this.ended = once(this.process, 'close').then(([code]) => code);
  }

  /** Another command in it, as `docker exec` runs it. @param {string[]} command */
  exec(command, user = this.settings.user) {
    const enter = ['--target', String(this.#pid()), '--mount', '--pid', '--root', '--wd'];
    const { folder } = this.settings;
    const inFolder = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', folder, ...this.#as(command, user)];
    return spawnSync('nsenter', [...enter, ...inFolder], { encoding: 'utf8' });
  }

  /** Waits until a command in it succeeds. @param {string[]} command @param {number} millis */
  async until(command, millis) {
    const until = performance.now() + millis;
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`it ended: ${this.output}`);
      if (this.#pid() !== undefined && this.exec(command).status === 0) return;
      if (performance.now() > until) throw new Error(`not in ${millis} ms: ${this.output}`);
      await pause(POLL_MILLIS);
    }
  }

  /**
   * Signals process 1, and gives the code with which it ended. As `docker stop`, it waits for a while
   * and then kills, which is no code.
   * @param {'SIGTERM' | 'SIGKILL'} signal
   */
  async stop(signal = 'SIGTERM') {
    this.#signal(signal);
    const late = setTimeout(() => this.#signal('SIGKILL'), GRACE_MILLIS);
    const code = await this.ended;
    clearTimeout(late);
    return code;
  }

  /** @param {'SIGTERM' | 'SIGKILL'} signal */
  #signal(signal) {
    const pid = this.#pid();
    if (pid !== undefined) process.kill(pid, signal);
  }

  /** Of process 1, as this machine numbers it. */
  #pid() {
    const { pid, exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) return undefined;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return children === '' ? undefined : Number(children.split(' ')[0]);
  }

  /** @param {string[]} command */
  #as(command, user = this.settings.user) {
    const { environment } = this.settings;
    const [uid = '0', gid = uid] = user.split(':');
    const who = ['--reuid', uid, '--regid', gid, '--clear-groups', '--no-new-privs'];
    const none = ['--inh-caps=-all', '--bounding-set=-all'];
    const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    return ['env', '-i', ...set, 'setpriv', ...who, ...none, '--', ...command];
  }
}
