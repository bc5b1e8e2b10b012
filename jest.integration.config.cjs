// Integration (`*.int.test.ts`) and end-to-end (`*.e2e.test.ts`) tests of all projects, in one run of jest, against
// the bundles in dist/ and one Postgres and one Kafka-protocol broker started by the global set-up.
const { shared } = require('./jest.preset.cjs');

module.exports = {
  ...shared,
  rootDir: __dirname,
  testMatch: ['<rootDir>/{apps,libs,tools}/**/*.{int,e2e}.test.ts'],
  globalSetup: '<rootDir>/libs/testing/harness/src/jest/global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/harness/src/jest/global-teardown.ts',
  testTimeout: 60_000,
  // The tests hold calls in real time and wait more than they work. Three at once would be faster by a quarter, and late: where
  // the starts of several services meet, callers hear it.
  maxWorkers: 2,
  testSequencer: '<rootDir>/libs/testing/harness/src/jest/calls-first.cjs',
};
