import {
  addContacts,
  addDoNotCall,
  cancelCampaign,
  getAttemptContext,
  getCampaign,
  getCampaignPreview,
  getCampaignProgress,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '@frontdesk/contracts';
import { eventually } from '@frontdesk/test-harness';
import { businessId, DialingWorld } from './dialing-world';

let world: DialingWorld;
beforeAll(async () => {
  world = await DialingWorld.start();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose](), 60_000);
afterEach(() => world.twilio.clearFaults());

let next = 0;
/** A number that no other test calls. */
const newNumber = (): string => `+9725010${String(++next).padStart(5, '0')}`;
const answers = (number: string) =>
  world.twilio.addCallee({ number, responses: [{ kind: 'answer', afterMs: 50, script: [] }] });
const outcomes = (contact: { attempts: { outcome: string | null }[] } | undefined) =>
  contact?.attempts.map(({ outcome }) => outcome);

it('takes a campaign of five from start to finish: answered, busy then answered, no answer, invalid, do-not-call', async () => {
  const [answered, busy, silent, unwanted] = [newNumber(), newNumber(), newNumber(), newNumber()];
  const invalid = '+15005550001';
  await answers(answered);
  await world.twilio.addCallee({
    number: busy,
    responses: [{ kind: 'busy' }, { kind: 'answer', afterMs: 50, script: [] }],
  });
  await world.twilio.addCallee({ number: silent, responses: [{ kind: 'no-answer' }] });
  await world.api.call(addDoNotCall, { body: { businessId, number: unwanted, reason: 'asked for it' } });

  const id = await world.campaign([answered, busy, silent, invalid, unwanted]);
  const contacts = await world.finished(id);
  expect(Object.fromEntries([...contacts].map(([number, { outcome }]) => [number, outcome]))).toEqual({
    [answered]: 'answered',
    [busy]: 'answered',
    [silent]: 'no-answer',
    [invalid]: 'invalid-number',
    [unwanted]: 'do-not-call',
  });
  expect(outcomes(contacts.get(busy))).toEqual(['busy', 'answered']);
  expect(outcomes(contacts.get(silent))).toEqual(['no-answer', 'no-answer']);
  expect(await Promise.all([answered, busy, silent, unwanted].map((n) => world.placedTo(n)))).toEqual([
    1, 2, 2, 0,
  ]);
  const progress = await world.api.call(getCampaignProgress, { params: { id } });
  expect(progress).toMatchObject({
    done: 5,
    byOutcome: { answered: 2, 'no-answer': 1, 'invalid-number': 1, 'do-not-call': 1 },
  });
});

it('tells the gateway what an answered call is about, with the key of the opening line', async () => {
  const number = newNumber();
  await answers(number);
  const id = await world.campaign([number]);
  const contact = (await world.finished(id)).get(number);
  const context = await world.api.call(getAttemptContext, { params: { id: contact!.attempts[0]!.id } });
  expect(context).toMatchObject({
    campaignId: id,
    businessId,
    openingText: 'hello from the clinic',
    openingKey: 'a'.repeat(64),
  });
});

it('places one call when the answer is lost after Twilio placed it, and callbacks tell the rest', async () => {
  const number = newNumber();
  await answers(number);
  await world.twilio.fault({ name: 'create-times-out-after-placing', to: number, count: 1 });
  const id = await world.campaign([number]);
  const contact = (await world.finished(id)).get(number);
  expect(contact?.outcome).toBe('answered');
  expect(contact?.attempts).toHaveLength(1);
  expect(await world.placedTo(number)).toBe(1);
});

it('finds the call in the list when answer and callbacks are lost', async () => {
  const number = newNumber();
  await answers(number);
  await world.twilio.fault({ name: 'create-times-out-after-placing', to: number, count: 1 });
  await world.twilio.fault({ name: 'callback-dropped', to: number, count: 100 });
  const id = await world.campaign([number]);
  const contact = (await world.finished(id)).get(number);
  expect(contact?.outcome).toBe('answered');
  expect(await world.placedTo(number)).toBe(1);
  expect(world.log.some((line) => line.includes('DIAL_RECONCILED') && line.includes('found'))).toBe(true);
});

it('dials again after a 429 and after a 500, but only when the list shows no call', async () => {
  const [refused, broken] = [newNumber(), newNumber()];
  await answers(refused);
  await answers(broken);
  await world.twilio.fault({ name: 'rest-429', to: refused, count: 1 });
  await world.twilio.fault({ name: 'rest-500', to: broken, count: 1 });
  const contacts = await world.finished(await world.campaign([refused, broken]));
  expect(contacts.get(refused)).toMatchObject({ outcome: 'answered', attempts: [{ number: 1 }] });
  expect(contacts.get(broken)).toMatchObject({ outcome: 'answered', attempts: [{ number: 1 }] });
  expect([await world.placedTo(refused), await world.placedTo(broken)]).toEqual([1, 1]);
});

it('counts a call once when its callbacks come twice and out of order', async () => {
  const number = newNumber();
  await answers(number);
  await world.twilio.fault({ name: 'callback-duplicated', to: number, count: 100 });
  await world.twilio.fault({ name: 'callbacks-reordered', to: number, count: 100 });
  const contact = (await world.finished(await world.campaign([number]))).get(number);
  expect(contact).toMatchObject({ outcome: 'answered', attempts: [{ state: 'done' }] });
  expect(contact?.attempts).toHaveLength(1);
});

it('calls nobody twice when the dialer is killed while it dials', async () => {
  const numbers = Array.from({ length: 8 }, newNumber);
  await Promise.all(numbers.map(answers));
  const id = await world.campaign(numbers, { callsPerSecond: 20, maxConcurrentCalls: 4 });
  await eventually(async () => expect(await world.placedTo(numbers[0]!)).toBe(1));
  await world.killDialer();
  await world.startDialer();
  const contacts = await world.finished(id);
  expect([...contacts.values()].map(({ outcome }) => outcome)).toEqual(numbers.map(() => 'answered'));
  expect(await Promise.all(numbers.map((number) => world.placedTo(number)))).toEqual(numbers.map(() => 1));
});

it('never has more calls at once than the campaign allows', async () => {
  const numbers = Array.from({ length: 6 }, newNumber);
  await Promise.all(numbers.map(answers));
  const id = await world.campaign(numbers, { maxConcurrentCalls: 2 });
  let most = 0;
  await eventually(async () => {
    const progress = await world.api.call(getCampaignProgress, { params: { id } });
    most = Math.max(most, progress.dialling + progress.inProgress);
    expect(progress.state).toBe('finished');
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
});

it('dials nobody while a campaign is paused, and the rest when it goes on', async () => {
  const numbers = Array.from({ length: 4 }, newNumber);
  await Promise.all(numbers.map(answers));
  const id = await world.campaign(numbers, { callsPerSecond: 1, maxConcurrentCalls: 1 });
  await eventually(async () => expect(await world.placedTo(numbers[0]!)).toBe(1));
  await world.api.call(pauseCampaign, { params: { id } });
  await eventually(async () => {
    const progress = await world.api.call(getCampaignProgress, { params: { id } });
    expect(progress).toMatchObject({ state: 'paused', dialling: 0, inProgress: 0 });
    expect(progress.queued).toBeGreaterThan(0);
  });
  await world.api.call(resumeCampaign, { params: { id } });
  const contacts = await world.finished(id);
  expect([...contacts.values()].every(({ outcome }) => outcome === 'answered')).toBe(true);
});

it('cancels what is not placed yet', async () => {
  const numbers = Array.from({ length: 3 }, newNumber);
  await Promise.all(numbers.map(answers));
  const id = await world.campaign(numbers, { callsPerSecond: 0.1 });
  await eventually(async () => expect(await world.placedTo(numbers[0]!)).toBe(1));
  expect(await world.api.call(cancelCampaign, { params: { id } })).toMatchObject({ state: 'cancelled' });
  await eventually(async () => {
    const found = [...(await world.contacts(id)).values()].map(({ outcome }) => outcome).sort();
    expect(found).toEqual(['answered', 'canceled', 'canceled']);
  });
  await expect(world.api.call(resumeCampaign, { params: { id } })).rejects.toThrow(/cancelled/);
});

it('calls nobody outside the calling hours of the contact', async () => {
  const number = newNumber();
  const hour = new Date().getUTCHours();
  const clock = (h: number) => `${String((h + 24) % 24).padStart(2, '0')}:00`;
  const id = await world.campaign([number], {
    timeZone: 'UTC',
    callingHours: { from: clock(hour + 3), to: clock(hour + 5) },
  });
  await eventually(async () => {
    const [row] = await world.database.query<{ reason: string | null }>(
      'SELECT reason FROM dialer.attempts WHERE campaign_id = $1',
      [id],
    );
    expect(row?.reason).toBe('outside calling hours');
  });
  expect(await world.placedTo(number)).toBe(0);
});

it('reports the bad rows of an upload and stores nothing, or the good ones when asked to', async () => {
  const contact = (number: string) => ({ number, name: '', timeZone: null, consent: true });
  const body = { contacts: [contact('050-7654321'), contact('nobody'), contact('+972 50 765 4321')] };
  const id = await world.draft();
  await expect(
    world.api.call(addContacts, { params: { id }, query: { skipInvalid: 'false' }, body }),
  ).rejects.toMatchObject({ status: 422 });
  expect((await world.contacts(id)).size).toBe(0);
  await expect(world.api.call(startCampaign, { params: { id } })).rejects.toThrow(/add some first/);
  const answer = await world.api.call(addContacts, { params: { id }, query: { skipInvalid: 'true' }, body });
  expect(answer).toEqual({
    added: 1,
    rejectedTotal: 2,
    rejected: [
      { row: 2, number: 'nobody', reason: 'is not a telephone number' },
      { row: 3, number: '+972 50 765 4321', reason: 'is the same number as row 1' },
    ],
  });
  expect([...(await world.contacts(id)).keys()]).toEqual(['+972507654321']);
  expect(await world.api.call(getCampaign, { params: { id } })).toMatchObject({ state: 'draft' });
});

/** A draft without contacts, and a way to send a CSV to it. */
const csvDraft = async () => {
  const id = await world.draft();
  const send = async (csv: string, headers: Record<string, string> = {}, query = '') => {
    const response = await world.request(`/api/campaigns/${id}/contacts${query}`, {
      method: 'POST',
      body: csv,
      headers: { 'content-type': 'text/csv', ...headers },
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  return { id, send };
};

it('takes a CSV once, however often it is sent with the same key', async () => {
  const { id, send } = await csvDraft();
  const csv = 'number,name\n050-7000001,Dana\n050-7000002,"=HYPERLINK(1)"\n';
  const first = await send(csv, { 'idempotency-key': 'upload-1' });
  expect(first).toEqual({ status: 201, body: { added: 2, rejected: [], rejectedTotal: 0 } });
  expect(await send(csv, { 'idempotency-key': 'upload-1' })).toEqual(first);
  expect(await send(csv)).toMatchObject({ status: 422, body: { added: 0, rejectedTotal: 2 } });
  expect((await world.contacts(id)).size).toBe(2);
});

it('says what is wrong with a body that is no CSV or too long a one', async () => {
  const { send } = await csvDraft();
  expect(await send('name\nDana\n')).toMatchObject({
    status: 400,
    body: { title: 'The CSV cannot be read' },
  });
  expect(await send('number\n')).toMatchObject({
    status: 400,
    body: { title: 'The upload holds no contacts' },
  });
  expect(await send('x,'.repeat(20_000))).toMatchObject({ status: 400 });
  const many = `number\n${'1\n'.repeat(100_001)}`;
  expect(await send(many, {}, '?skipInvalid=true')).toMatchObject({ status: 413 });
});

it('shows before the start who will be skipped and why', async () => {
  const unwanted = newNumber();
  await world.api.call(addDoNotCall, { body: { businessId, number: unwanted, reason: 'asked for it' } });
  const { id, send } = await csvDraft();
  await send(`number,consent\n${newNumber()},yes\n${unwanted},yes\n${newNumber()},no\n`);
  expect(await world.api.call(getCampaignPreview, { params: { id } })).toEqual({
    contacts: 3,
    now: 1,
    later: [],
    skipped: expect.arrayContaining([
      { reason: 'do-not-call', contacts: 1 },
      { reason: 'no-consent', contacts: 1 },
    ]) as unknown,
    summary: expect.stringMatching(/^2 of 3 will be skipped because: /) as unknown,
  });
});

it('hangs up on a machine, tells progress as it changes, and gives the results as a CSV that runs no formula', async () => {
  const [person, machine] = [newNumber(), newNumber()];
  await answers(person);
  await world.twilio.addCallee({
    number: machine,
    responses: [{ kind: 'answer', afterMs: 50, answeredBy: 'machine_start', script: [] }],
  });
  const { id, send } = await csvDraft();
  await send(`number,name\n${person},=1+1\n${machine},Dana\n`);
  await world.database.query(`UPDATE dialer.campaigns SET machine_policy = 'hang-up' WHERE id = $1`, [id]);
  const stream = await world.request(`/api/campaigns/${id}/progress/stream`);
  const told = (async () => {
    let text = '';
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"state":"finished"')) return text;
    }
    return text;
  })();
  await world.api.call(startCampaign, { params: { id } });
  const contacts = await world.finished(id);
  expect([contacts.get(person)?.outcome, contacts.get(machine)?.outcome]).toEqual(['answered', 'machine']);
  const events = (await told).split('\n\n').filter((event) => event.startsWith('event: progress\ndata: '));
  expect(events[0]).toContain('"state":"draft"');
  expect(events.at(-1)).toContain('"byOutcome":{"answered":1,"machine":1}');
  const csv = await (await world.request(`/api/campaigns/${id}/results.csv`)).text();
  const [header, ...lines] = csv.trimEnd().split('\r\n');
  expect(header).toBe('number,name,outcome,calls,last_call_sid,last_asked_at');
  expect(lines.find((line) => line.startsWith(person))).toMatch(/^\+\d+,'=1\+1,answered,1,CA[0-9a-f]{32},2/);
  expect(lines.find((line) => line.startsWith(machine))).toMatch(/,Dana,machine,1,CA/);
}, 60_000);

it('dials whom a job in the dead letters was about once an operator puts it back, and puts it back once', async () => {
  const number = newNumber();
  await answers(number);
  const fault = `dialer.fault_of_the_schema`;
  await world.database.query(
    `CREATE FUNCTION ${fault}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$`,
  );
  await world.database.query(
    `CREATE TRIGGER fault BEFORE UPDATE ON dialer.attempts FOR EACH ROW
     WHEN (NEW.state = 'claimed' AND NEW.to_number = '${number}') EXECUTE FUNCTION ${fault}()`,
  );
  const id = await world.campaign([number]);
  await eventually(() => {
    expect(world.log.some((line) => line.includes('KAFKA_DEAD_LETTERED'))).toBe(true);
  });
  await world.database.query('DROP TRIGGER fault ON dialer.attempts');
  expect(await world.placedTo(number)).toBe(0);
  expect(await world.script('requeue-dead-letters', 'jobs')).toMatch(
    /^[1-9]\d* messages were put back into dial\.jobs\.v1$/,
  );
  expect((await world.finished(id)).get(number)).toMatchObject({
    outcome: 'answered',
    attempts: [{ number: 1 }],
  });
  expect(await world.placedTo(number)).toBe(1);
  expect(await world.script('requeue-dead-letters', 'jobs')).toBe(
    '0 messages were put back into dial.jobs.v1',
  );
});

it('says in one line what the script for dead letters needs', async () => {
  await expect(world.script('requeue-dead-letters')).rejects.toThrow(
    'requeue-dead-letters needs `jobs` or `events`',
  );
  await expect(world.script('requeue-dead-letters', 'calls')).rejects.toThrow('needs `jobs` or `events`');
});
