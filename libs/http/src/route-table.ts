import { type Endpoint } from '@frontdesk/contracts';

/** How a route is protected. */
export type Protection =
  | { kind: 'open' }
  | { kind: 'bearer'; endpoint: Endpoint }
  | { kind: 'signature' }
  | { kind: 'raw'; reason: string };

export interface RouteEntry {
  readonly methods: readonly string[];
  /** OpenAPI form. */
  readonly path: string;
  readonly protection: Protection;
}

/** The named list of what needs no credentials. */
export const openPaths: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/** `/api/calls/{sid}` → `/api/calls/:sid`. */
export const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** Throws, naming it, for an endpoint of the contract without a handler and for a handler outside the contract. */
export const assertContractServed = (contract: readonly Endpoint[], routes: readonly RouteEntry[]): void => {
  const served = routes.flatMap(({ protection }) =>
    protection.kind === 'bearer' ? [protection.endpoint.name] : [],
  );
  const promised = new Set(contract.map((endpoint) => endpoint.name));
  const missing = [...promised].filter((name) => !served.includes(name));
  const strange = served.filter((name) => !promised.has(name));
  const twice = served.filter((name, index) => served.indexOf(name) !== index);
  const complaints = [
    ...missing.map((name) => `${name} is in the contract but has no handler`),
    ...strange.map((name) => `${name} has a handler but is not in the contract`),
    ...twice.map((name) => `${name} has two handlers`),
  ];
  if (complaints.length > 0) throw new Error(complaints.join('; '));
};
