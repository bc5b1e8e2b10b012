import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Service } from 'kubernetes-models/v1';
import { type KubeObject } from './manifests';

type Model = new (data: never) => { validate(): void };

const models: Readonly<Record<string, Model>> = {
  'apps/v1 Deployment': Deployment,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
  'batch/v1 Job': Job,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'v1 ConfigMap': ConfigMap,
  'v1 Namespace': Namespace,
  'v1 Service': Service,
};
/** Custom resources, of which there is no schema here. */
const UNCHECKED = new Set([
  'gateway.networking.k8s.io/v1 HTTPRoute',
  'kustomize.config.k8s.io/v1beta1 Kustomization',
]);
const TOP_LEVEL = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'data']);

/**
 * The compiled schemas accept fields they do not know, as Kubernetes drops them: a misspelt probe would silently be no
 * probe. They do look at every field they know, so a field nobody looked at is unknown.
 */
const watchReads = (value: unknown, path: string, unread: Set<string>): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  for (const [key, child] of Object.entries(value)) {
    const childPath = `${path}/${key}`;
    if (!Array.isArray(value)) unread.add(childPath);
    (copy as Record<string, unknown>)[key] = watchReads(child, childPath, unread);
  }
  return new Proxy(copy, {
    get(target, key, receiver) {
      unread.delete(`${path}/${String(key)}`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
};

/** What is wrong with an object by Kubernetes' own schema: mistakes of type, missing and unknown fields. */
export const mistakesOf = (object: KubeObject): string[] => {
  const kind = `${object.apiVersion} ${object.kind}`;
  if (UNCHECKED.has(kind)) return [];
  const model = models[kind];
  if (!model) return [`${kind} is a kind that no rule here knows`];
  const unread = new Set<string>();
  const mistakes = Object.keys(object)
    .filter((key) => !TOP_LEVEL.has(key))
    .map((key) => `unknown field /${key}`);
  const watched = Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, watchReads(value, `/${key}`, unread)]),
  );
  try {
    // Assigned afterwards: the constructor copies what it is given, and so reads every field.
    Object.assign(new model(object as never), watched).validate();
  } catch (error) {
    mistakes.push((error as Error).message);
  }
  // A field within an unknown one is not worth a line of its own.
  const unknown = [...unread].filter((path) => ![...unread].some((other) => path.startsWith(`${other}/`)));
  return [...mistakes, ...unknown.map((path) => `unknown field ${path}`)];
};
