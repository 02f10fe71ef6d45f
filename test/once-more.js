// Loaded after jest in CI: a test that fails there is tried once more, and what failed is printed. On a
// machine that others load at the same time waiting for real servers may take longer than any limit.
import { jest } from '@jest/globals';

jest.retryTimes(1, { logErrorsBeforeRetry: true });
