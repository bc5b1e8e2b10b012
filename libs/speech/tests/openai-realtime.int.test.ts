import { encodeMulaw } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import { createOpenAiRealtime, type OpenAiRealtimeOptions } from '../src';
import { OpenAiSim, spawnTool } from '@frontdesk/test-harness';
import { describeRealtimeModel, type NextFault } from './realtime-contract';

const faults: Record<NextFault, { name: string; params?: Record<string, unknown> }> = {
  'is-refused-for-good': { name: 'handshake-401' },
  'is-refused-for-now': { name: 'handshake-500' },
  'says-nothing': { name: 'mute-session' },
  'is-cut': { name: 'socket-drop', params: { afterMs: 300 } },
  expires: { name: 'session-expires', params: { afterMs: 1500 } },
  'tells-unknown-things': { name: 'unknown-events' },
};

/** The simulator in a process of its own, as long as the tests of this file. */
const simulator = async (options: Partial<OpenAiRealtimeOptions> = {}) => {
  const process = await spawnTool('openai-simulator', { PORT: '0' });
  const baseUrl = `http://127.0.0.1:${process.listeningLine.port}`;
  const sim = new OpenAiSim(baseUrl);
  const model = createOpenAiRealtime({
    apiKey: 'sk-simulated',
    baseUrl: `${baseUrl}/v1`,
    model: 'gpt-realtime-2.1',
    transcriptionModel: 'gpt-transcribe',
    timings: { connectMs: 800, readyMs: 800 },
    ...options,
  });
  return { process, sim, model };
};

const running: { process: AsyncDisposable }[] = [];
const kept = async <T extends { process: AsyncDisposable }>(starting: Promise<T>): Promise<T> => {
  const started = await starting;
  running.push(started);
  return started;
};
afterAll(async () => {
  for (const { process } of running) await process[Symbol.asyncDispose]();
});

describeRealtimeModel('OpenAI Realtime', async () => {
  const { sim, model } = await kept(simulator());
  return {
    model,
    speech: (words) => encodeMulaw(encodeSpeech(words)),
    toolWords: 'goodbye',
    tool: { name: 'end_call', description: 'Ends the call.', parameters: { type: 'object', properties: {} } },
    next: (fault) => sim.fault({ ...faults[fault], count: 1 }),
  };
});

describe('the OpenAI adapter', () => {
  it('tells of what it does not know, and not of what it does not need', async () => {
    const unused: string[] = [];
    const { sim, model } = await kept(
      simulator({ onUnused: (message) => unused.push(message.kind === 'unknown' ? message.type : '?') }),
    );
    await sim.fault({ name: 'unknown-events', count: 1 });
    await new Promise<void>((resolve) => {
      const session = model.open(({ kind }) => {
        if (kind === 'ready') session.createResponse({ instructions: 'Say exactly: one' });
        if (kind !== 'response-done') return;
        session.close();
        resolve();
      });
      session.configure({ instructions: '', voice: '', locale: 'en-US', tools: [] });
    });
    expect(unused).toEqual(['session.weather_changed']);
  });

  it('sends no event that the provider refuses, in the GA form', async () => {
    const { sim, model } = await kept(simulator());
    await new Promise<void>((resolve) => {
      const session = model.open(({ kind }) => {
        if (kind === 'response-done') resolve();
      });
      session.configure({ instructions: 'Marked.', voice: 'he-IL-Standard-D', locale: 'he-IL', tools: [] });
      session.addItem({ id: 'a', role: 'system', text: 'one' });
      session.addItem({ id: 'b', role: 'agent', text: 'two' });
      session.addItem({ id: 'c', role: 'caller', text: 'three', previousItemId: 'root' });
      session.createResponse();
    });
    const [book] = await sim.sessions('Marked.');
    expect(book?.violations).toEqual([]);
    expect(book?.items.slice(0, 3).map(({ id, role }) => `${id} ${role}`)).toEqual([
      'c user',
      'a system',
      'b assistant',
    ]);
  });
});
