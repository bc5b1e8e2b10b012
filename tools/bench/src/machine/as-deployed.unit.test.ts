import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '@frontdesk/test-harness';
import { asDeployed } from './as-deployed';

it.each(Object.entries(asDeployed))('is what the manifest of %s says', (service, environment) => {
  const manifest = readFileSync(join(repoRoot, `deploy/k8s/base/${service}/deployment.yaml`), 'utf8');
  const told = [...manifest.matchAll(/- name: (NODE_OPTIONS|MALLOC_ARENA_MAX)\s+value: '?([^'\n]+)'?/g)];
  expect(Object.fromEntries(told.map(([, name, value]) => [name, value]))).toEqual(environment);
});
