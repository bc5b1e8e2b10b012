// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- whoever compiles this file by its alias needs the declaration as well
/// <reference path="./kafkajs-internals.d.ts" />
import RequestQueue from 'kafkajs/src/network/requestQueue';

const checkIntervalMs = 10;

/**
 * kafkajs 2.2.4 schedules its check for throttled requests always, with a negative time when nothing is throttled: a
 * timer that fires each millisecond for as long as the client lives (2 % of a core) and a TimeoutNegativeWarning on
 * newer Node (its pull request 1572, never merged). Scheduling only when something waits changes nothing else.
 */
export const fixIdleTimer = (): void => {
  RequestQueue.prototype.scheduleCheckPendingRequests = function (): void {
    const throttledForMs = this.throttledUntil - Date.now();
    if (this.throttleCheckTimeoutId || (throttledForMs <= 0 && this.pending.length === 0)) return;
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null;
        this.checkPendingRequests();
      },
      Math.max(throttledForMs, checkIntervalMs),
    );
  };
};
