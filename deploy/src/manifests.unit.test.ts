import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  baseObjects,
  configOf,
  containersOf,
  type KubeObject,
  manifestFiles,
  parseManifests,
  readManifests,
  services,
  workspaceRoot,
} from './manifests';
import { mistakesOf } from './validate';

const FRONTDESK_SECRETS = /^frontdesk$|-database$/;
const all = manifestFiles().flatMap((path) => readManifests(path).map((object) => ({ path, object })));
const isKind = (kind: string) => (object: KubeObject) => object.kind === kind;
/** A service may run as several Deployments, one a role. */
const deploymentsOf = (service: (typeof services)[number]): KubeObject[] =>
  baseObjects(service).filter(isKind('Deployment'));
const deploymentOf = (service: (typeof services)[number]): KubeObject => deploymentsOf(service)[0]!;

describe('the manifests', () => {
  it('hold nothing that the schemas of Kubernetes do not know', () => {
    expect(all.flatMap(({ path, object }) => mistakesOf(object).map((text) => `${path}: ${text}`))).toEqual(
      [],
    );
  });

  it('would be caught with a text as a number, a missing selector, or a misspelt probe', () => {
    const broken = (change: (text: string) => string): string[] => {
      const text = readFileSync(
        join(workspaceRoot, 'deploy/k8s/base/greeting-service/deployment.yaml'),
        'utf8',
      );
      return parseManifests(change(text)).flatMap(mistakesOf);
    };
    expect(broken((text) => text)).toEqual([]);
    expect(broken((text) => text.replace('replicas: 2', "replicas: 'two'")).join()).toContain('replicas');
    expect(broken((text) => text.replace('selector:', 'selectors:')).join()).toContain('selector');
    expect(broken((text) => text.replace('readinessProbe:', 'readynessProbe:'))).toEqual([
      'unknown field /spec/template/spec/containers/0/readynessProbe',
    ]);
  });

  it('never hold a secret', () => {
    expect(all.filter(({ object }) => object.kind === 'Secret').map(({ path }) => path)).toEqual([]);
    for (const service of services)
      for (const { container } of containersOf(service))
        for (const { valueFrom } of container.env ?? [])
          expect(valueFrom?.secretKeyRef?.name ?? 'frontdesk').toMatch(FRONTDESK_SECRETS);
  });

  it.each(services)('%s: every container is confined, bounded and without privileges', (service) => {
    for (const { pod, container } of containersOf(service)) {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(Object.keys(container.resources?.requests ?? {}).sort()).toEqual(['cpu', 'memory']);
      expect(container.resources?.limits?.memory).toBeDefined();
      expect(container.image).toBe(`frontdesk/${service}`);
      expect(container.envFrom).toEqual([{ configMapRef: { name: service } }]);
    }
  });

  it.each(services)(
    '%s: is asked for life and readiness where it answers, on the port it is told',
    (service) => {
      for (const { spec } of deploymentsOf(service)) {
        const [container] = spec!.template!.spec.containers;
        expect(container!.livenessProbe?.httpGet).toEqual({ path: '/healthz', port: 'http' });
        expect(container!.startupProbe?.httpGet).toEqual({ path: '/healthz', port: 'http' });
        expect(container!.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' });
        expect(container!.ports).toEqual([{ name: 'http', containerPort: Number(configOf(service).PORT) }]);
      }
      const ports = baseObjects(service)
        .filter(isKind('Service'))
        .flatMap((object) => (object.spec as { ports: { port: number }[] }).ports.map(({ port }) => port));
      expect(new Set(ports)).toEqual(new Set([Number(configOf(service).PORT)]));
    },
  );

  it.each(services)('%s: is given time to drain before it is killed', (service) => {
    for (const { spec } of deploymentsOf(service)) {
      const pod = spec!.template!.spec;
      const preStopSec = Number(pod.containers[0]!.lifecycle?.preStop?.exec?.command[1]);
      const drainSec = Number(configOf(service).DRAIN_TIMEOUT_MS ?? 0) / 1000;
      expect(preStopSec).toBeGreaterThanOrEqual(5);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(preStopSec + drainSec + 10);
    }
  });

  it('let a gateway keep its calls for an hour, and never take away a replica before another is ready', () => {
    const { spec } = deploymentOf('media-gateway');
    expect(spec!.template!.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(3600);
    expect(spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } });
    const kinds = baseObjects('media-gateway').map((object) => object.kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'NetworkPolicy']),
    );
  });

  it('name no replicas where an autoscaler decides, because applying a number would end calls', () => {
    for (const service of services)
      if (baseObjects(service).some(isKind('HorizontalPodAutoscaler')))
        expect(deploymentOf(service).spec!.replicas).toBeUndefined();
  });

  it('find each other: selectors, targets and peers name what exists', () => {
    for (const service of services) {
      for (const { metadata, spec } of deploymentsOf(service)) {
        const own = { 'app.kubernetes.io/name': metadata.name };
        expect(spec).toMatchObject({ selector: { matchLabels: own } });
        expect(spec!.template!.metadata.labels).toMatchObject(own);
      }
      const labels = { 'app.kubernetes.io/name': service };
      expect(deploymentOf(service).metadata.name).toBe(service);
      for (const object of baseObjects(service).filter(isKind('Service')))
        expect(object.spec!.selector).toEqual(labels);
    }
    const peers = baseObjects('media-gateway').find(
      ({ metadata }) => metadata.name === 'media-gateway-peers',
    );
    expect(peers?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(configOf('media-gateway').GATEWAY_PEERS).toContain('media-gateway-peers');
  });

  it('migrate schema and topics with the image, settings and secrets of the service', () => {
    for (const service of services) {
      const [deployed, migration] = ['Deployment', 'Job'].map(
        (kind) => containersOf(service).find(({ object }) => object.kind === kind)!.container,
      );
      expect(migration!.args).toEqual(['migrate']);
      expect(migration!.env).toEqual(deployed!.env);
      expect(migration!.image).toBe(deployed!.image);
    }
  });

  it('list every file of a base in its kustomization', () => {
    for (const path of manifestFiles().filter((file) => file.endsWith('kustomization.yaml'))) {
      const folder = path.slice(0, -'/kustomization.yaml'.length);
      const [kustomization] = readManifests(path) as unknown as { resources: string[] }[];
      const files = readdirSync(join(workspaceRoot, 'deploy/k8s', folder)).filter(
        (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml',
      );
      expect(kustomization!.resources.filter((file) => file.endsWith('.yaml')).sort()).toEqual(files.sort());
    }
  });
});

const kubectl = (folder: string) =>
  spawnSync('kubectl', ['kustomize', join(workspaceRoot, 'deploy/k8s', folder)], { encoding: 'utf8' });
const hasKubectl = spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).status === 0;
const folders = manifestFiles()
  .filter((path) => path.endsWith('kustomization.yaml'))
  .map((path) => path.slice(0, -'/kustomization.yaml'.length));

(hasKubectl ? describe : describe.skip)('rendered by kubectl', () => {
  it.each(folders)('%s is valid, and its references point to what it holds', (folder) => {
    const { status, stdout, stderr } = kubectl(folder);
    expect([status, stderr]).toEqual([0, '']);
    const objects = parseManifests(stdout);
    expect(objects.flatMap(mistakesOf)).toEqual([]);
    const maps = objects.filter(isKind('ConfigMap')).map(({ metadata }) => metadata.name);
    const used = objects.flatMap((object) =>
      (object.spec?.template?.spec.containers ?? []).flatMap((container) =>
        (container.envFrom ?? []).map(({ configMapRef }) => configMapRef?.name),
      ),
    );
    expect(used.filter((name) => !maps.includes(name!))).toEqual([]);
  });

  it('gives each overlay one namespace, and tagged images', () => {
    for (const folder of folders.filter((path) => path.startsWith('overlays/'))) {
      const objects = parseManifests(kubectl(folder).stdout);
      const namespaces = objects.map(({ kind, metadata }) =>
        kind === 'Namespace' ? metadata.name : metadata.namespace,
      );
      expect(new Set(namespaces).size).toBe(1);
      for (const object of objects)
        for (const { image } of object.spec?.template?.spec.containers ?? [])
          expect(image).toMatch(/:(dev|\d+\.\d+\.\d+)$/);
    }
  });
});
