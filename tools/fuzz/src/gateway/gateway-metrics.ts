/** What a gateway says of itself on /metrics. */
export class GatewayMetrics {
  private constructor(private readonly text: string) {}

  static async of(port: number): Promise<GatewayMetrics> {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    return new GatewayMetrics(await response.text());
  }

  /** The sum over all labels. */
  sum(name: string): number {
    let sum = 0;
    for (const [, value] of this.text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.e+-]+)$`, 'gm')))
      sum += Number(value);
    return sum;
  }

  /** Refusals at one place, by reason. */
  refusals(at: string): Map<string, number> {
    const found = this.text.matchAll(
      new RegExp(`^gateway_refused_total\\{at="${at}",reason="([\\w-]+)"\\} (\\d+)$`, 'gm'),
    );
    return new Map([...found].map(([, reason, count]) => [reason!, Number(count)]));
  }

  /** Open sockets, timers and the like, by kind. */
  resources(): Map<string, number> {
    const found = this.text.matchAll(/^nodejs_active_resources\{type="([\w-]+)"\} (\d+)$/gm);
    return new Map([...found].map(([, kind, count]) => [kind!, Number(count)]));
  }
}
