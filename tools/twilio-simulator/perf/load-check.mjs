// Is the simulator itself light enough? Scripted calls at once against an application that only echoes; both are
// processes of their own. Prints what the media clock and the calls show.
//   node tools/build-app.mjs tools/twilio-simulator && node tools/twilio-simulator/perf/load-check.mjs [calls] [seconds]
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const calls = Number(process.argv[2] ?? 50);
const seconds = Number(process.argv[3] ?? 20);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const start = async (script, env = {}) => {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data))));
  return { child, line };
};

const app = await start(at('./echo-app.mjs'));
const simulator = await start(at('../../../dist/tools/twilio-simulator/main.js'), {
  PORT: '0',
  DATA_DIR: '',
  TWILIO_SIM_ROUTES: `echo.example=http://127.0.0.1:${app.line.trim()}`,
});
const base = `http://127.0.0.1:${JSON.parse(simulator.line).port}/_sim`;
const ask = async (method, path, body) => {
  const response = await fetch(`${base}/${path}`, { method, body: body && JSON.stringify(body) });
  return response.status === 204 ? undefined : response.json();
};
/** CPU seconds a process has used (Linux: 100 ticks a second). */
const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

await ask('POST', 'numbers', { number: '+15550001000', voiceUrl: 'https://echo.example/voice' });
const say = { say: 'the quick brown fox jumps over the lazy dog again' };
const script = [{ pauseMs: 500 }, ...Array.from({ length: 30 }, () => [say, { pauseMs: 700 }]).flat()];
const sids = [];
for (let i = 0; i < calls; i++) {
  sids.push((await ask('POST', 'calls', { from: '+15557770001', to: '+15550001000', script })).callSid);
  await sleep(13);
}
await ask('DELETE', 'clock');
const cpuBefore = cpuSeconds(simulator.child.pid);
await sleep(seconds * 1000);
const cpu = (cpuSeconds(simulator.child.pid) - cpuBefore) / seconds;
const clock = await ask('GET', 'clock');
const media = [];
let words = 0;
let bad = 0;
for (const sid of sids) {
  const book = await ask('GET', `calls/${sid}`);
  media.push(book.media);
  for (const word of book.spurts.flatMap((spurt) => spurt.words)) word.ok ? (words += 1) : (bad += 1);
}
const max = (name) => Math.max(...media.map((figures) => figures[name] ?? 0));
const sum = (name) => media.reduce((total, figures) => total + (figures[name] ?? 0), 0);
console.table({
  calls,
  seconds,
  'cores used': cpu.toFixed(2),
  'clock lateness p50 ms': clock.p50Ms,
  'clock lateness p99 ms': clock.p99Ms,
  'clock lateness max ms': clock.maxMs,
  'largest arrival gap ms': max('maxGapMs'),
  underruns: sum('underruns'),
  'words heard': words,
  'words damaged': bad,
});
simulator.child.kill();
app.child.kill();
