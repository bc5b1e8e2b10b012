import { type Call, type Turn } from '@frontdesk/contracts';
import { toldOf } from './finished-calls';

it('tells a call by masked numbers, how it went, and the words that were heard', () => {
  const call = {
    callSid: `CA${'1'.repeat(32)}`,
    from: '+972501234567',
    to: '+97231234567',
    startedAt: '2026-11-20T10:00:00.000Z',
    endedAt: '2026-11-20T10:00:34.400Z',
    outcome: 'completed',
    quality: { firstAudioMs: 181.4 },
  } as Call;
  const turns = [
    { speaker: 'agent', heard: 'hello this is', interrupted: true },
    { speaker: 'caller', heard: 'what time is it', interrupted: false },
  ] as Turn[];
  const [blank, head, ...words] = toldOf(call, turns);
  expect(blank).toBe('');
  expect(head).toMatch(/^Call from \S*67 to \S*67: completed, 34 s, first sound after 181 ms, CA1{32}$/);
  expect(head).not.toContain('1234567');
  expect(words).toEqual(['  agent   "hello this is" …', '  caller  "what time is it"']);
});
