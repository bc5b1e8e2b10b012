/** What Node and the C library are told by the manifests in deploy/k8s/base: the heap is one of a pod, not of this machine. */
export const asDeployed = {
  'media-gateway': {
    NODE_OPTIONS: '--max-old-space-size=512 --max-semi-space-size=4 --v8-pool-size=1',
    MALLOC_ARENA_MAX: '1',
  },
  'greeting-service': { NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=4' },
} as const;
