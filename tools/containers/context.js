// The build context: the files of a folder that a .dockerignore leaves in.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} folder
 * @param {string} ignore text of the .dockerignore
 * @returns {string[]} paths within the folder, sorted
 */
export function contextOf(folder, ignore) {
  const rules = ignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), path: line.replace(/^!/, '') }));
  const kept = rules.filter(({ keeps }) => keeps).map(({ path }) => path);
  const matchers = rules.map(({ keeps, path }) => ({ keeps, pattern: patternOf(path) }));
  const isIn = (path) => matchers.findLast(({ pattern }) => pattern.test(path))?.keeps ?? true;
  /** @param {string} within @returns {string[]} */
  const walk = (within) =>
    readdirSync(join(folder, within), { withFileTypes: true }).flatMap((entry) => {
      const path = join(within, entry.name);
      if (!entry.isDirectory()) return isIn(path) ? [path] : [];
      // Something below a folder that is left out may be named by a rule of its own.
      return isIn(path) || kept.some((one) => one.startsWith(`${path}/`)) ? walk(path) : [];
    });
  return walk('').sort();
}

/** The last rule that matches a path, or a folder above it, decides. @param {string} path */
function patternOf(path) {
  const body = path
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${body}(?:/.*)?$`);
}
