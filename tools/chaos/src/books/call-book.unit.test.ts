import { type CallBook } from '@frontdesk/test-harness';
import {
  agentAudibleAfter,
  endedByItself,
  fallbacksOf,
  timesBegun,
  timesHeardMostly,
  timesHeard,
} from './call-book';

const said = (text: string, startMs: number): CallBook['spurts'][number] => ({
  startMs,
  endMs: startMs + 1000,
  text,
  words: text
    .split(' ')
    .map((word, sequence) => ({ text: word, sequence, startMs, endMs: startMs + 100, ok: true })),
});
const book = (change: Partial<CallBook>): CallBook => ({ events: [], spurts: [], ...change }) as CallBook;

it('counts greetings by whole texts and by how they begin', () => {
  const twice = book({ spurts: [said('welcome to Luna', 0), said('welcome to', 5000)] });
  expect(timesHeard(twice, 'welcome to Luna')).toBe(1);
  expect(timesBegun(twice, 'welcome')).toBe(2);
  expect(timesHeardMostly(twice, 'welcome to Luna')).toBe(2);
  expect(
    timesHeardMostly(book({ spurts: [said('welcome you said: to', 0)] }), 'welcome to Luna dental'),
  ).toBe(0);
  const heard = (text: string) =>
    timesHeardMostly(book({ spurts: [said(text, 0)] }), 'welcome to Luna how can I help');
  expect(
    ['welcome to Lu how can I help', 'welcome to Luna how can', 'to to to to to to to'].map(heard),
  ).toEqual([1, 0, 0]);
  expect(agentAudibleAfter(twice, 1)).toBe(5000);
  expect(agentAudibleAfter(twice, 5001)).toBeNull();
});

it('takes a prompt and a recording for one fallback, however the call came to it', () => {
  const verb = (name: string, atMs: number) => ({ type: 'verb', name, atMs });
  const events = [verb('Connect', 1), verb('Say', 20), verb('Record', 25)];
  expect(fallbacksOf(book({ events }))).toEqual([20]);
  expect(fallbacksOf(book({ events: events.slice(0, 1) }))).toEqual([]);
});

it('knows a call that came to the end of its script from one that was cut or left waiting', () => {
  const hungUp = { atMs: 9, type: 'hangup', by: 'far-end' };
  expect(endedByItself(book({ events: [hungUp] }))).toBe(true);
  expect(endedByItself(book({ events: [{ ...hungUp, by: 'twilio' }] }))).toBe(false);
  expect(endedByItself(book({ events: [{ atMs: 5, type: 'script-wait-timed-out' }, hungUp] }))).toBe(false);
});
