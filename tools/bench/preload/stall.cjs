// Loaded by `node --require` into the process under test, by the benchmark alone: stands still for STALL_MS once a second,
// as a long garbage collection or a busy host would have it.
'use strict';
const STALL_MS = Number(process.env.BENCH_STALL_MS ?? 100);
const stall = () => {
  const until = performance.now() + STALL_MS;
  while (performance.now() < until);
};
setInterval(stall, 1000).unref();
