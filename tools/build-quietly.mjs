// Builds every project like `npm run build`, but says nothing unless it takes long or fails: for `npm start` and
// `npm run demo`, whose own output is what people want to see. Nothing is written to stdout.
import { spawn } from 'node:child_process';

const SAY_AFTER_MS = 2000;
const started = Date.now();
const child = spawn('node_modules/.bin/nx', ['run-many', '-t', 'build', '--output-style=static'], {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, NX_DAEMON: 'false' },
  shell: process.platform === 'win32',
});
const output = [];
child.stdout.on('data', (chunk) => output.push(chunk));
child.stderr.on('data', (chunk) => output.push(chunk));
let hasSaid = false;
const timer = setTimeout(() => {
  hasSaid = true;
  process.stderr.write('Building what has changed (at first everything, about a minute) …\n');
}, SAY_AFTER_MS);
child.on('error', (error) => {
  process.stderr.write(`the build could not be started: ${error.message}\n`);
  process.exit(1);
});
child.on('close', (code) => {
  clearTimeout(timer);
  if (code !== 0) {
    process.stderr.write(Buffer.concat(output));
    process.stderr.write('the build failed, see above\n');
    process.exit(1);
  }
  if (hasSaid) process.stderr.write(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
});
