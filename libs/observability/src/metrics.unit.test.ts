import { Metrics } from './index';

describe('Metrics', () => {
  it('renders what was counted, with the delay of the event loop', async () => {
    const metrics = new Metrics();
    metrics.counter('calls_total', 'Calls', ['direction']).inc({ direction: 'inbound' });
    metrics.histogram('answer_seconds', 'Answer', [0.1, 1]).observe(0.5);
    const { contentType, body } = await metrics.render();
    expect(contentType).toContain('text/plain');
    expect(body).toContain('calls_total{direction="inbound"} 1');
    expect(body).toContain('answer_seconds_bucket{le="1"} 1');
    expect(body).toContain('nodejs_eventloop_lag_p99_seconds');
  });

  it('gives the same metric when a name is asked for again', async () => {
    const metrics = new Metrics({ withProcessMetrics: false });
    metrics.gauge('depth', 'Depth').set(1);
    metrics.gauge('depth', 'Depth').inc();
    expect((await metrics.render()).body).toContain('depth 2');
  });
});
