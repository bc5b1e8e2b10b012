// The integration tests against a real Apache Kafka: see tools/test-kafka.
const integration = require('./jest.integration.config.cjs');

module.exports = {
  ...integration,
  globalSetup: '<rootDir>/libs/testing/harness/src/jest/global-setup-real-kafka.ts',
};
