import { writeSync } from 'node:fs';

/** Ends the process, and does not return in the running product. Tests give one that does. */
export type Die = (reason: string) => void;

/**
 * Ends the process at once, without handlers (closing a file would write to it again) and without a
 * core dump (it would hold keys).
 */
export const die: Die = (reason) => {
  writeSync(process.stderr.fd, `${reason}; the process ends\n`);
  process.kill(process.pid, 'SIGKILL');
};
