import { TxTelemetry } from './tx-telemetry';

const FRAME_MS = 20;

it('the whole stream is the sum of what was told of it in between, across talk spurts and an underrun', () => {
  const telemetry = new TxTelemetry();
  let nowMs = 1000.25;
  const send = (frames: number, everyMs = FRAME_MS): void => {
    for (let index = 0; index < frames; index++) {
      telemetry.sent(1, nowMs);
      nowMs += everyMs;
    }
  };
  send(100);
  const first = telemetry.takeRecent();
  send(30);
  nowMs += 80;
  telemetry.underran();
  send(30);
  telemetry.spurtEnded();
  nowMs += 5000;
  send(50);
  const second = telemetry.takeRecent();
  expect(first).toEqual({ framesSent: 100, fps: 50, maxGapMs: 20, underruns: 0 });
  expect(second).toMatchObject({ framesSent: 110, maxGapMs: 100, underruns: 1 });
  expect(telemetry.takeRecent()).toEqual({ framesSent: 0, fps: null, maxGapMs: 0, underruns: 0 });
  const total = telemetry.total();
  expect(total).toMatchObject({ framesSent: 210, maxGapMs: 100, underruns: 1 });
  // 207 frames in 207 periods and the 80 ms of the gap; the first of a spurt starts the count.
  expect(total.fps).toBeGreaterThan(49);
  expect(total.fps).toBeLessThan(50);
});
