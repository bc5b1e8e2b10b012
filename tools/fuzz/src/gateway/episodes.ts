import { once } from 'node:events';
import { type WebSocket } from 'ws';
import { mutateJson } from '../mutate';
import { Random } from '../random';
import { type ExpectedRefusals } from './expected-refusals';
import { StreamNoise } from './stream-noise';
import { ACCOUNT_SID, newSid, startMessage, type TwilioSide } from './twilio-side';

/** What was sent, and what came of it. */
export interface EpisodeCounts {
  messages: number;
  webhooks: number;
  /** Answers of 500 and more: a fault of the gateway. */
  serverErrors: number;
  refusedUpgrades: number;
  /** Sockets that the gateway closed with 1008. */
  refusedStarts: number;
  badWebhooks: number;
}

export interface EpisodeParts {
  readonly twilio: TwilioSide;
  readonly number: string;
  readonly expected: ExpectedRefusals;
  readonly counts: EpisodeCounts;
  /** Keeps what was sent, to be looked at when something breaks. */
  readonly note: (line: string) => void;
}

const TWIML_PATHS = ['incoming_call', 'outbound_call', 'stream_ended', 'fallback', 'transfer_ended'];
const STATUS_PATHS = ['stream_status', 'call_status'];
const CALL_SID = /^CA[0-9a-f]{32}$/i;
/** Longest a socket is waited for; the gateway's own bounds are shorter. */
const PATIENCE_MS = 8000;

/** One random piece of mischief, all of it decided by the seed and its number. */
export const runEpisode = async (seed: number, number: number, parts: EpisodeParts): Promise<void> => {
  const random = Random.of(seed, 1, number);
  const draw = random.next();
  if (draw < 0.6) return stream(random, parts);
  if (draw < 0.7) return wrongStart(random, parts);
  if (draw < 0.78) return wrongUpgrade(random, parts);
  return webhooks(random, parts);
};

/** A call whose stream says anything at any time. */
const stream = async (random: Random, parts: EpisodeParts): Promise<void> => {
  const [callSid, streamSid] = [newSid('CA'), newSid('MZ')];
  const token = await parts.twilio.ring(callSid, parts.number);
  if (!token) return;
  const socket = await opened(parts);
  if (!socket) return;
  const decoder = parts.expected.ofSocket();
  const send = (text: string): void => {
    if (socket.readyState !== socket.OPEN) return;
    parts.counts.messages += 1;
    parts.note(text);
    socket.send(text);
    decoder.receive(Buffer.from(text), false);
  };
  const start = startMessage(callSid, streamSid, token);
  const noise = new StreamNoise(random, streamSid, start);
  for (let left = random.int(4); left > 0; left--) send(JSON.stringify({ event: 'media', media: {} }));
  send(JSON.stringify(start));
  for (let left = 5 + random.int(60); left > 0; left--) {
    send(noise.next());
    if (random.chance(0.03) && socket.readyState === socket.OPEN) {
      socket.send(random.bytes(random.int(400)), { binary: true });
      decoder.receive(Buffer.alloc(0), true);
    }
    if (random.chance(0.15)) await pause(random.int(12));
  }
  await end(random, socket, parts);
};

/** Ends a socket in one of the ways sockets end. What was sent has been read before: only then can it be counted. */
const end = async (random: Random, socket: WebSocket, { expected, counts }: EpisodeParts): Promise<void> => {
  const way = random.int(5);
  if (way > 0 && !(await barrier(socket))) return closed(socket);
  if (way === 0) socket.close();
  else if (way === 1) socket.terminate();
  else if (way === 2) {
    counts.messages += 1;
    socket.send('x'.repeat(70_000));
    expected.add('too-large');
  } else if (way === 3) {
    // Bytes that are no frame: a reserved opcode.
    (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0x83, 0x80, 0, 0, 0, 0]),
    );
    expected.add('protocol');
  } else socket.close(random.pick([1000, 1001, 4000]));
  await closed(socket);
};

/** A start that must not get a call: wrong, foreign, used or no token, or no start at all. */
const wrongStart = async (random: Random, parts: EpisodeParts): Promise<void> => {
  const [callSid, streamSid] = [newSid('CA'), newSid('MZ')];
  const token = await parts.twilio.ring(callSid, parts.number);
  if (!token) return;
  const used = random.chance(0.3) ? await usedToken(parts, callSid, token) : null;
  const socket = await opened(parts);
  if (!socket) return;
  const messages: object[] = [
    startMessage(newSid('CA'), streamSid, token),
    startMessage(callSid, streamSid, `${token}x`),
    startMessage(callSid, streamSid, ''),
    startMessage(callSid, streamSid, random.bytes(60).toString('base64url')),
  ];
  const message = used ? startMessage(callSid, streamSid, token) : random.pick(messages);
  parts.counts.messages += 1;
  parts.note(JSON.stringify(message));
  socket.send(JSON.stringify(message));
  await closed(socket);
  used?.close();
};

/** A socket that has the call by this token. */
const usedToken = async (parts: EpisodeParts, callSid: string, token: string): Promise<WebSocket | null> => {
  const socket = await opened(parts);
  socket?.send(JSON.stringify(startMessage(callSid, newSid('MZ'), token)));
  if (socket && (await barrier(socket))) return socket;
  return null;
};

const wrongUpgrade = async (random: Random, parts: EpisodeParts): Promise<void> => {
  const path = random.pick([
    '/ws/twilio-media',
    '/ws/other',
    '/',
    '/ws/twilio-media/x',
    `/${'x'.repeat(3000)}`,
  ]);
  const socket = parts.twilio.open(path, path !== '/ws/twilio-media');
  socket.on('error', () => undefined);
  const answer = await Promise.race([
    once(socket, 'unexpected-response').then(() => 'refused' as const),
    once(socket, 'open').then(() => 'open' as const),
    pause(PATIENCE_MS),
  ]).catch(() => undefined);
  if (answer === 'refused') parts.counts.refusedUpgrades += 1;
  socket.terminate();
};

/** Webhooks with fields missing, doubled, huge and strange, signed or not. */
const webhooks = async (random: Random, parts: EpisodeParts): Promise<void> => {
  for (let left = 1 + random.int(4); left > 0; left--) {
    const isHeard = random.chance(0.7);
    const path = `/webhook/${random.pick(isHeard ? TWIML_PATHS : STATUS_PATHS)}`;
    const form = {
      CallSid: newSid('CA'),
      AccountSid: ACCOUNT_SID,
      From: '+15550009999',
      To: parts.number,
      CallStatus: random.pick(['ringing', 'in-progress', 'completed', 'queued', 'x']),
      Direction: random.pick(['inbound', 'outbound-api']),
      StreamEvent: random.pick(['stream-error', 'stream-started', '']),
      DialCallStatus: random.pick(['completed', 'no-answer', '']),
    };
    const fields = fieldsOf(random.chance(0.3) ? form : mutateJson(random, form));
    if (random.chance(0.2)) fields.push(...fields.slice(0, 2));
    const isSigned = random.chance(0.97);
    parts.counts.webhooks += 1;
    const method = random.chance(0.8) || JSON.stringify(fields).length > 2000 ? 'POST' : 'GET';
    const asked = `${method} ${path} ${JSON.stringify(fields).slice(0, 600)}`;
    parts.note(asked);
    const response = await parts.twilio.webhook(path, fields, isSigned, method);
    const text = await response.text();
    const isBad = !CALL_SID.test(fields.find(([name]) => name === 'CallSid')?.[1] ?? '');
    if (response.status >= 500) parts.counts.serverErrors += 1;
    if (isSigned && isBad) parts.counts.badWebhooks += 1;
    const isPolite = response.status === 200 && text.includes('<Response');
    if (isSigned && isHeard && !isPolite)
      throw new Error(`${asked} answered ${response.status}: the caller hears a failure`);
    if (isSigned && !isHeard && isBad !== (response.status === 400))
      throw new Error(`${asked} answered ${response.status} to a ${isBad ? 'bad' : 'good'} form`);
    if (!isSigned && response.status !== 403 && response.status !== 429)
      throw new Error(`${asked} answered ${response.status} without a signature`);
  }
};

/** Everything as form fields; what is no text becomes JSON. A form cannot carry half a character. */
const fieldsOf = (value: unknown): [string, string][] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, field]) => [
    wellFormed(name),
    wellFormed(typeof field === 'string' ? field : (JSON.stringify(field) ?? '')),
  ]);
};

const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

const opened = async ({ twilio, counts }: EpisodeParts): Promise<WebSocket | null> => {
  const socket = twilio.open(Math.random() < 0.5 ? '/ws/twilio-media' : '/ws/twilio-media/');
  socket.on('error', () => undefined);
  socket.on('close', (code) => (code === 1008 ? (counts.refusedStarts += 1) : undefined));
  try {
    await once(socket, 'open');
    return socket;
  } catch {
    return null;
  }
};

/** True once everything that was sent has been read; false when the socket closed before. */
const barrier = async (socket: WebSocket): Promise<boolean> => {
  if (socket.readyState !== socket.OPEN) return false;
  socket.ping();
  return Promise.race([once(socket, 'pong').then(() => true), once(socket, 'close').then(() => false)]);
};

const closed = async (socket: WebSocket): Promise<void> => {
  if (socket.readyState === socket.CLOSED) return;
  const timer = setTimeout(() => socket.terminate(), PATIENCE_MS);
  await once(socket, 'close');
  clearTimeout(timer);
};

const pause = (ms: number): Promise<undefined> =>
  new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
