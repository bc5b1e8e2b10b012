import { ControlClient } from '../simulators/control-client';

/** One request that the public router handed to a replica. */
export interface HandedRequest {
  readonly atMs: number;
  readonly path: string;
  readonly replica: string;
}

/** Control API of the public router: which gateway gets what. */
export class RouterControl {
  private readonly control: ControlClient;

  constructor(readonly baseUrl: string) {
    this.control = new ControlClient(baseUrl);
  }

  /** From now on requests go round these. */
  async setReplicas(urls: readonly string[]): Promise<void> {
    await this.control.post('/replicas', { urls });
  }

  /** Paths that begin so go to this replica, while it takes connections; null: to whoever's turn it is. */
  async steer(path: string, url: string | null): Promise<void> {
    await this.control.post('/steer', { path, url });
  }

  async handed(path?: string): Promise<HandedRequest[]> {
    const { handed } = await this.control.get<{ handed: HandedRequest[] }>('/handed');
    return handed.filter((request) => path === undefined || request.path.startsWith(path));
  }
}
