// The order of suites where nothing tells how long each took: those that start processes come first, so
// that none of them is begun when the others are done, and one worker is left alone with it.
import Sequencer from '@jest/test-sequencer';

const LONG = /\/test\/(faults|load|evidence|e2e|browser)\//;

export default class LongFirst extends Sequencer {
  sort(tests) {
    const isShort = ({ path }) => (LONG.test(path) ? 0 : 1);
    return [...super.sort(tests)].sort((one, other) => isShort(one) - isShort(other));
  }
}
