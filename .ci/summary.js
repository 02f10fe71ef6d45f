// Reads jest's JSON results and says what they come to. Fails on a failure, on no test at all, and
// on a skipped one: here everything that tests need is installed. Only a case that says in its name
// that an engine cannot meet it, "(cannot: reason)", may be skipped.
import { readFileSync } from 'node:fs';

const ALLOWED = /\(cannot: .+\)/;

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const results = read(process.argv[2]);
if (results === undefined) {
  console.log('The tests gave no results.\n0 passed, 1 failed');
  process.exit(1);
}

const skipped = results.testResults
  .flatMap((suite) => suite.assertionResults)
  .filter(({ status }) => status === 'pending' || status === 'todo')
  .map(({ fullName }) => fullName);
const forbidden = skipped.filter((name) => !ALLOWED.test(name));
for (const name of skipped) {
  console.log(`${ALLOWED.test(name) ? 'skipped' : 'SKIPPED, which is a failure here'}: ${name}`);
}

// A suite that could not even be loaded has no tests to count: it counts as one.
const passed = results.numPassedTests;
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
console.log(`${passed} passed, ${failed} failed`);
process.exit(passed > 0 && failed === 0 && results.success && forbidden.length === 0 ? 0 : 1);
