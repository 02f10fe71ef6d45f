#!/usr/bin/env node
import { runCli } from './program.js';
import { Session } from './session.js';

// Whoever reads may have seen enough: `ledger replay | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await runCli(
  process.argv.slice(2),
  new Session(process.env, process.stdout, process.stderr),
);
