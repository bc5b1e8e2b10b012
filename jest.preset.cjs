// One jest configuration for every project: `module.exports = require('../../jest.preset.cjs')(__dirname)`.
const { compilerOptions } = require('./tsconfig.base.json');

const moduleNameMapper = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([alias, [target]]) => [
    `^${alias}$`,
    `${__dirname}/${target.slice(2)}`,
  ]),
);

/** Decorator metadata stays off here because esbuild does not emit it: tests must see what the bundle sees. */
const swc = {
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
    target: 'es2022',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.tsx?$': ['@swc/jest', swc] },
  moduleNameMapper,
  modulePathIgnorePatterns: [`${__dirname}/dist`, `${__dirname}/.nx`],
};

module.exports = (rootDir) => ({ ...shared, rootDir, testMatch: ['<rootDir>/**/*.unit.test.ts'] });
module.exports.shared = shared;
