import { type LoadLevel, type LoadPlan } from '../load/generator';
import { type MeasuresSnapshot } from '../load/measures';

const ORDER_TIMEOUT_MS = 120_000;

/** Gives orders to the generator's process. */
export class GeneratorClient {
  constructor(readonly port: number) {}

  async use(plan: LoadPlan): Promise<void> {
    await this.order('/use', plan);
  }

  /** Resolves when as many calls are up. */
  async hold(level: LoadLevel): Promise<void> {
    await this.order('/hold', level);
  }

  async end(): Promise<void> {
    await this.order('/end');
  }

  async reset(): Promise<void> {
    await this.order('/reset');
  }

  async read(): Promise<MeasuresSnapshot> {
    return (await this.order('/read')) as MeasuresSnapshot;
  }

  private async order(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: 'POST',
      body: JSON.stringify(body ?? null),
      signal: AbortSignal.timeout(ORDER_TIMEOUT_MS),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`the generator: ${(answer as { error: string }).error}`);
    return answer;
  }
}
