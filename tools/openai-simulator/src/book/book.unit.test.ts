import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Book } from './book';
import { Journal } from './journal';

describe('book', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'openai-book-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the same after a restart, even with a last line cut in half', () => {
    const before = new Book(new Journal(folder));
    before.open('sess_1', 'gpt-realtime-2.1', 1);
    before.event('sess_1', { atMs: 2, direction: 'client', type: 'session.update' });
    before.update('sess_1', { instructions: 'You answer for Rosa.' });
    before.items('sess_1', [{ id: 'i', role: 'user', text: 'two lamps' }]);
    before.violation('sess_1', { atMs: 3, code: 'invalid_value', message: 'no' });
    before.request({ atMs: 4, kind: 'speech', status: 200, model: 'm', text: 'hello', bytes: 10 });
    before.close();
    appendFileSync(join(folder, 'openai-simulator.jsonl'), '{"kind":"ses');
    const after = new Book(new Journal(folder));
    expect(after.listSessions()).toEqual(before.listSessions());
    expect(after.listRequests()).toEqual(before.listRequests());
    after.close();
  });

  it('finds sessions by what they were told and by what was said', () => {
    const book = new Book(null);
    book.open('a', 'm', 1);
    book.open('b', 'm', 2);
    book.update('a', { instructions: 'business 7' });
    book.items('b', [{ id: 'i', role: 'user', text: 'two lamps' }]);
    expect(book.listSessions('business 7').map(({ id }) => id)).toEqual(['a']);
    expect(book.listSessions('lamps').map(({ id }) => id)).toEqual(['b']);
    expect(book.listSessions()).toHaveLength(2);
  });

  it('is bounded: the oldest of a thousand sessions goes first, events past their bound are counted', () => {
    const book = new Book(null);
    for (let index = 0; index <= 1_000; index++) book.open(`s${index}`, 'm', index);
    expect(book.listSessions()).toHaveLength(1_000);
    expect(book.listSessions()[0]?.id).toBe('s1');
    for (let index = 0; index < 20_005; index++)
      book.event('s5', { atMs: 0, direction: 'server', type: 'x' });
    expect(book.listSessions()[4]).toMatchObject({ eventsDropped: 5 });
  });
});
