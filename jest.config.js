import { existsSync } from 'node:fs';

/** What every project shares. */
const common = {
  // To jest a root that is not there is an error.
  roots: ['libs', 'apps', 'test'].filter((root) => existsSync(new URL(root, import.meta.url))),
  testEnvironment: 'node',
  // "source" makes "#lib" the sources that are being edited, never a stale build.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  setupFilesAfterEnv: process.env.CI === 'true' ? ['<rootDir>/test/once-more.js'] : [],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

/** Suites of the embedded ledger that must hold on EventStoreDB and MongoDB too. */
const ON_SERVERS = [
  'test/e2e/http-(life|input|roles|purposes|lost-keys|server|processes)\\.spec\\.ts$',
  'test/faults/(canary|crash|import-killed|keys-gone|machine|processes|restore|sequences)\\.spec\\.ts$',
];

/** @type {import('jest').Config} */
export default {
  // To projects these would be of no effect. Tests wait for disks and servers more than they compute.
  testTimeout: 30_000,
  maxWorkers: '100%',
  testSequencer: '<rootDir>/test/long-first.js',
  projects: [
    { ...common, displayName: 'files', testMatch: ['**/*.spec.ts'] },
    // `npm run test:services` gives the servers.
    ...(process.env.SERVICES === '1'
      ? [
          {
            ...common,
            displayName: 'servers',
            testRegex: ON_SERVERS,
            setupFiles: ['<rootDir>/test/engines/on-servers.js'],
          },
        ]
      : []),
  ],
};
