// `npm run build`: dist from the sources, from nothing. Silent unless something is wrong.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';

import { buildVerifiers } from './verifier.js';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync('dist', { recursive: true, force: true });
const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
const compiled = spawnSync(process.execPath, tsc, { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

// npm marks a program as executable when it links it, and npx keeps its link across builds.
for (const program of Object.values(manifest.bin)) {
  if (existsSync(program)) chmodSync(program, 0o755);
}

await buildVerifiers();
