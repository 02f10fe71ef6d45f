// Builds the stages of docker/Dockerfile into folders, as far as that goes without a base image. A
// stage whose sources and instructions have not changed is not built again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { contextOf } from './context.js';
import { configOf, stagesOf } from './dockerfile.js';
import { runInBuild } from './sandbox.js';

/** @typedef {import('./dockerfile.js').Stage} Stage */
/** @typedef {{ root: string, folder: string, digest: string }} Built */

/**
 * The image's root, and how it runs.
 * @param {string} source root of the repository
 * @param {string} target where stages are kept
 */
export function buildImage(source, target) {
  const dockerfile = join(source, 'docker', 'Dockerfile');
  const stages = stagesOf(readFileSync(dockerfile, 'utf8'));
  const context = contextOf(source, readFileSync(`${dockerfile}.dockerignore`, 'utf8'));
  const build = new Build(source, context, resolve(target));
  for (const stage of stages) build.stage(stage);
  const last = /** @type {Stage} */ (stages.at(-1));
  return { root: build.built(last.name).root, config: configOf(last) };
}

class Build {
  /** @type {Map<string, Built>} */
  #stages = new Map();

  /** @param {string} source @param {string[]} context @param {string} target */
  constructor(source, context, target) {
    this.source = source;
    this.context = context;
    this.target = target;
  }

  /** @param {string} name */
  built(name) {
    const stage = this.#stages.get(name);
    if (stage === undefined) throw new Error(`Dockerfile: there is no stage ${name} before`);
    return stage;
  }

  /** @param {Stage} stage */
  stage(stage) {
    const from = this.#stages.get(stage.from);
    const root = join(this.target, stage.name);
    const built = { root, folder: from?.folder ?? '/', digest: this.#digest(stage, from) };
    this.#stages.set(stage.name, built);
    const isBuilt = read(`${root}.digest`) === built.digest;
    if (!isBuilt) {
      rmSync(`${root}.digest`, { force: true });
      rmSync(root, { recursive: true, force: true });
      mkdirSync(this.target, { recursive: true });
      // Links are enough: no instruction of ours changes a file that an earlier one made.
      if (from === undefined) mkdirSync(root);
      else copy(['-al', from.root, root]);
    }
    for (const instruction of stage.instructions) this.#follow(instruction, built, isBuilt);
    if (!isBuilt) writeFileSync(`${root}.digest`, built.digest);
    console.log(`image: stage ${stage.name} ${isBuilt ? 'is as it was' : 'built'}`);
  }

  /** @param {import('./dockerfile.js').Instruction} instruction @param {Built} built */
  #follow(instruction, built, isBuilt) {
    if (instruction.name === 'WORKDIR') {
      built.folder = resolve(built.folder, instruction.text);
      mkdirSync(join(built.root, built.folder), { recursive: true });
    }
    if (isBuilt) return;
    if (instruction.name === 'RUN') runInBuild(built.root, built.folder, instruction.text);
    if (instruction.name === 'COPY') this.#copy(instruction, built);
  }

  /** @param {import('./dockerfile.js').Instruction} instruction @param {Built} built */
  #copy({ text, flags }, built) {
    const paths = text.split(/\s+/);
    const given = paths.pop() ?? '';
    const target =
      join(built.root, resolve(built.folder, given)) + (given.endsWith('/') ? '/' : '');
    for (const path of paths) {
      if (flags.from === undefined) this.#copyFromContext(path, target);
      else copyWhole(join(this.built(flags.from).root, path), target);
    }
    if (flags.chmod !== undefined) chmodSync(target, Number.parseInt(flags.chmod, 8));
  }

  /** A folder's contents go into the target, a file to it, or into it where it ends with a slash. */
  #copyFromContext(path, target) {
    const files = this.#filesOf(path);
    for (const file of files) {
      const name = file === path ? file.split('/').at(-1) : file.slice(path.length + 1);
      const into = file === path && !target.endsWith('/') ? target : join(target, name ?? '');
      mkdirSync(dirname(into), { recursive: true });
      copyFileSync(join(this.source, file), into);
    }
  }

  /** @param {string} path */
  #filesOf(path) {
    const files = this.context.filter((file) => file === path || file.startsWith(`${path}/`));
    if (files.length === 0) throw new Error(`COPY ${path}: the context does not hold it`);
    return files;
  }

  /** Of all that a stage is made from. @param {Stage} stage @param {Built | undefined} from */
  #digest(stage, from) {
    const hash = createHash('sha256').update(`${process.version}\n${from?.digest ?? ''}\n`);
    for (const { name, flags, text } of stage.instructions) {
      hash.update(JSON.stringify([name, flags, text]));
      if (name !== 'COPY') continue;
      if (flags.from !== undefined) {
        hash.update(this.built(flags.from).digest);
        continue;
      }
      const sources = text.split(/\s+/).slice(0, -1);
      for (const file of sources.flatMap((path) => this.#filesOf(path))) {
        hash.update(`\n${file}\n`).update(readFileSync(join(this.source, file)));
      }
    }
    return hash.digest('hex');
  }
}

/** As COPY does: the contents of a folder, or a file. @param {string} source @param {string} target */
function copyWhole(source, target) {
  mkdirSync(target.endsWith('/') ? target : dirname(target), { recursive: true });
  copy([
    '-R',
    '--preserve=mode,timestamps,links',
    statSync(source).isDirectory() ? `${source}/.` : source,
    target,
  ]);
}

/** @param {string[]} args */
function copy(args) {
  const { status } = spawnSync('cp', args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`cp ${args.join(' ')} failed`);
}

/** @param {string} path */
function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
