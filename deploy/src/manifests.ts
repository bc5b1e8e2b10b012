import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const workspaceRoot = join(__dirname, '../..');
const k8s = join(workspaceRoot, 'deploy/k8s');

/** The services that are deployed; each has a base of its own. */
export const services = [
  'media-gateway',
  'greeting-service',
  'recording-service',
  'outbound-dialer',
] as const;
export type Service = (typeof services)[number];

/** A Kubernetes object as YAML has it; the fields that our own rules look at. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: unknown;
    readonly template?: { readonly metadata: { labels: Record<string, string> }; readonly spec: PodSpec };
    readonly [field: string]: unknown;
  };
  readonly data?: Readonly<Record<string, string>>;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: { runAsNonRoot?: boolean; runAsUser?: number };
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly EnvVariable[];
  readonly envFrom?: readonly { configMapRef?: { name: string } }[];
  readonly ports?: readonly { name: string; containerPort: number }[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { preStop?: { exec?: { command: string[] } } };
  readonly resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  readonly securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    capabilities?: { drop?: string[] };
  };
}

export interface EnvVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { secretKeyRef?: { name: string; key: string }; fieldRef?: { fieldPath: string } };
}

interface Probe {
  readonly httpGet?: { path: string; port: string | number };
}

/** Every YAML file below deploy/k8s, by its path from there. */
export const manifestFiles = (): string[] =>
  (readdirSync(k8s, { recursive: true }) as string[]).filter((path) => /\.ya?ml$/.test(path)).sort();

/** The documents of YAML text; throws with the place of a mistake. */
export const parseManifests = (text: string): KubeObject[] =>
  parseAllDocuments(text, { uniqueKeys: true })
    .map((document) => {
      const [mistake] = document.errors;
      if (mistake) throw mistake;
      return document.toJS() as KubeObject;
    })
    .filter((value) => value !== null);

export const readManifests = (path: string): KubeObject[] =>
  parseManifests(readFileSync(join(k8s, path), 'utf8'));

/** The objects of a service's base, as written. */
export const baseObjects = (service: Service): KubeObject[] =>
  manifestFiles()
    .filter((path) => path.startsWith(`base/${service}/`) && !path.endsWith('kustomization.yaml'))
    .flatMap(readManifests);

/** A base's config.env: what its ConfigMap will hold. */
export const configOf = (service: Service): Record<string, string> =>
  Object.fromEntries(
    readFileSync(join(k8s, `base/${service}/config.env`), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** The containers that run this service's image: of its Deployment and its migration. */
export const containersOf = (
  service: Service,
): { object: KubeObject; pod: PodSpec; container: Container }[] =>
  baseObjects(service).flatMap((object) => {
    const pod = object.spec?.template?.spec;
    return pod ? pod.containers.map((container) => ({ object, pod, container })) : [];
  });
