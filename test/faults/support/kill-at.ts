import { writeFileSync } from 'node:fs';

import { setFaultProbe } from '#kernel';

/**
 * Loaded before a program of ours (`NODE_OPTIONS=--import=…`): the program is ended, as if the power
 * had failed, when it reaches a fault point for the n-th time. Which points it reached, and how often,
 * is written down where the program comes to its own end.
 *
 * Environment: `KILL_AT` (`<point> <n>`; left out: never), `REACHED` (a path).
 */
const { KILL_AT: killAt = '- 1', REACHED: path } = process.env;
const [point, count] = killAt.split(' ');
const reached: Record<string, number> = {};

setFaultProbe((name) => {
  const times = (reached[name] ?? 0) + 1;
  reached[name] = times;
  if (name === point && times === Number(count)) process.kill(process.pid, 'SIGKILL');
});

process.on('exit', () => {
  if (path !== undefined) writeFileSync(path, JSON.stringify(reached));
});
