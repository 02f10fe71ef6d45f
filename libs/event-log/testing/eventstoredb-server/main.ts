// The test server as a process of its own, for tests that kill it:
// `node main.js [--port N] [--file F] [--max-append BYTES]`. Prints its port as one line of JSON.
import { parseArgs } from 'node:util';

import { startTestServer } from './index.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    file: { type: 'string' },
    'max-append': { type: 'string' },
  },
});
const { file, port, 'max-append': maxAppend } = values;

const server = await startTestServer({
  port: Number(port),
  ...(file === undefined ? {} : { file }),
  ...(maxAppend === undefined ? {} : { maxAppendBytes: Number(maxAppend) }),
});
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void server.close());
}
