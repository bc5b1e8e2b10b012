/** The private part of kafkajs 2.2.4 that idle-timer-fix.ts mends. */
declare module 'kafkajs/src/network/requestQueue' {
  export default class RequestQueue {
    throttledUntil: number;
    pending: unknown[];
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
  }
}
