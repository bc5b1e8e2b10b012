// Loaded by `node --require` into every child process of the local stack and of the tests: ends the process when its
// parent is gone, however the parent died (kill -9 as well), so that no service needs code of its own for it. The
// parent holds the other end of file descriptor 3 and never writes; the kernel closes it with the parent.
'use strict';
const net = require('node:net');

const FD = 3;
/** With parent, broker and database gone, a service's orderly end waits out one bound after the other: not longer than this. */
const LAST_RESORT_MS = 15_000;

const pipe = new net.Socket({ fd: FD, readable: true, writable: false });
let isOrphan = false;
const parentGone = () => {
  if (isOrphan) return;
  isOrphan = true;
  setTimeout(() => process.exit(1), LAST_RESORT_MS).unref();
  process.kill(process.pid, 'SIGTERM');
};
pipe.on('end', parentGone).on('close', parentGone).on('error', parentGone);
pipe.resume();
pipe.unref();

// With the parent gone nobody reads our output: writing must not fail us while we stop in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
