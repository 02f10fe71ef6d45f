// `npm run containers`: what can be known of docker/ without a container engine. Each check says what
// it did; `node tools/containers.js NAME…` does some of them.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { buildImage } from './containers/build.js';
import { problemsOf, projectOf } from './containers/compose.js';
import { checkImage } from './containers/image.js';
import { composeAt, hadolintAt, shellcheckAt } from './containers/programs.js';
import { checkProject } from './containers/project.js';
import { whyNot } from './containers/sandbox.js';

/** Programs and stages that were made before; may be deleted at any time. */
const CACHE = '.containers';
const FILES = ['docker/compose.single.yaml', 'docker/compose.cluster.yaml'];
const IMAGE = 'privacy-ledger:local';

/** @type {ReturnType<typeof buildImage> | undefined} */
let madeImage;

const checks = { lint, compose, image, cluster };
const names = process.argv.slice(2);
for (const [name, check] of Object.entries(checks)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const from = performance.now();
  await check();
  console.log(`${name}: ok (${((performance.now() - from) / 1000).toFixed(1)} s)`);
}

/** The Dockerfile by hadolint, the scripts by shellcheck, and that they start what npm starts. */
function lint() {
  run(hadolintAt(CACHE), ['--config', '.hadolint.yaml', 'docker/Dockerfile']);
  const scripts = readdirSync('docker').filter((file) => file.endsWith('.sh'));
  run(
    shellcheckAt(CACHE),
    scripts.map((file) => join('docker', file)),
  );
  console.log(`lint: hadolint on the Dockerfile, shellcheck on ${scripts.join(', ')}`);
  const { start } = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
  const [, server = ''] = /&& node (.*) dist\/apps\/ledger\/main\.js$/.exec(start) ?? [];
  if (
    !readFileSync('docker/ledger.sh', 'utf8').includes(`set -- ${server} /app/dist/apps/ledger/`)
  ) {
    throw new Error(`docker/ledger.sh starts the server otherwise than npm start: ${server}`);
  }
  console.log(`lint: ledger.sh starts the server as npm start does: node ${server}`);
}

/** Both files by Docker Compose, and by the rules of this house. */
function compose() {
  const program = composeAt(CACHE);
  for (const file of FILES) {
    run(program, ['-f', file, 'config', '-q']);
    const project = projectOf(program, file);
    const problems = problemsOf(project, IMAGE);
    if (problems.length > 0) throw new Error(`${file}:\n${problems.join('\n')}`);
    const services = Object.keys(project.services);
    console.log(`compose: ${file} is read, and holds the rules for ${services.join(', ')}`);
  }
}

/** The image's stages, and the last one run. */
async function image() {
  if (!canRun('image')) return;
  await checkImage(built());
}

/** The cluster's jobs and processes, on real mongods. */
async function cluster() {
  if (!canRun('cluster')) return;
  const project = projectOf(composeAt(CACHE), 'docker/compose.cluster.yaml');
  await checkProject(project, built());
}

function built() {
  madeImage ??= buildImage('.', join(CACHE, 'stages'));
  return madeImage;
}

/** In CI it must: there nobody reads that it was left out. @param {string} name */
function canRun(name) {
  const why = whyNot();
  if (why === undefined) return true;
  if (process.env.CI !== undefined) throw new Error(`${name}: ${why}`);
  console.log(`${name}: NOT DONE: ${why}`);
  return false;
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(status)}`);
}
