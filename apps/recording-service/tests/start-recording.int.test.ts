import { HttpProblem } from '@frontdesk/http';
import { silentLogger } from '@frontdesk/observability';
import { TwilioRestError, type TwilioCalls } from '@frontdesk/telephony';
import { RecordingStarter } from '../src/recording/start-recording';
import {
  ACCOUNT,
  apply,
  newCallSid,
  newRecordingSid,
  openStore,
  scriptedTwilio,
  twilioRecording,
  type Store,
} from './fixtures';

let store: Store;
beforeAll(async () => (store = await openStore()));
afterAll(() => store[Symbol.asyncDispose]());

const starterWith = (script: Partial<TwilioCalls>): RecordingStarter =>
  new RecordingStarter({
    database: store.database,
    accounts: scriptedTwilio(script),
    statusCallbackUrl: 'https://frontdesk.example/webhook/recording_status',
    apply,
    logger: silentLogger,
  });
const requestFor = (callSid: string) => ({ callSid, businessId: null, accountSid: ACCOUNT, traceparent: '' });
const problemOf = async (promise: Promise<unknown>): Promise<HttpProblem> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HttpProblem);
  return error as HttpProblem;
};
const age = (callSid: string): Promise<unknown> =>
  store.rows(`UPDATE recording_starts SET claimed_at = now() - interval '1 hour' WHERE call_sid = $1`, [
    callSid,
  ]);

describe('the start of a recording', () => {
  it('asks Twilio once, in dual channel, however often and from however many replicas it is asked for', async () => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    const asked: unknown[] = [];
    const script: Partial<TwilioCalls> = {
      startRecording: async (call, options) => {
        asked.push([call, options]);
        return twilioRecording(call, sid);
      },
    };
    const replicas = [starterWith(script), starterWith(script)];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => replicas[i % 2]!.start(requestFor(callSid))),
    );
    const sids = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(new Set(sids)).toEqual(new Set([sid]));
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ status: 503 });
    expect(asked).toEqual([
      [
        callSid,
        { statusCallbackUrl: 'https://frontdesk.example/webhook/recording_status', channels: 'dual' },
      ],
    ]);
    await expect(replicas[1]!.start(requestFor(callSid))).resolves.toBe(sid);
    expect(
      await store.rows('SELECT kind, status, file_stem FROM recordings WHERE recording_sid = $1', [sid]),
    ).toEqual([{ kind: 'conversation', status: 'in-progress', file_stem: callSid }]);
  });

  it('after a time-out looks what Twilio has before it asks again', async () => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    const timesOut = starterWith({
      startRecording: async () => {
        throw TwilioRestError.from(new Error('timeout of 10000ms exceeded'), 'start recording', true);
      },
    });
    expect(await problemOf(timesOut.start(requestFor(callSid)))).toMatchObject({ status: 503 });
    const looks = starterWith({ listRecordings: async () => [twilioRecording(callSid, sid)] });
    expect(await problemOf(looks.start(requestFor(callSid)))).toMatchObject({
      title: 'The recording is being started',
    });
    await age(callSid);
    await expect(looks.start(requestFor(callSid))).resolves.toBe(sid);
  });

  it('starts no second one when Twilio refuses the look after a time-out', async () => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    const timesOut = starterWith({
      startRecording: async () => {
        throw TwilioRestError.from(new Error('timeout of 10000ms exceeded'), 'start recording', true);
      },
    });
    await problemOf(timesOut.start(requestFor(callSid)));
    await age(callSid);
    const busy = starterWith({
      listRecordings: async () => {
        throw TwilioRestError.from({ status: 429, code: 20429, message: 'too many' }, 'list', false);
      },
    });
    expect(await problemOf(busy.start(requestFor(callSid)))).toMatchObject({ status: 503 });
    await age(callSid);
    const looks = starterWith({ listRecordings: async () => [twilioRecording(callSid, sid)] });
    await expect(looks.start(requestFor(callSid))).resolves.toBe(sid);
  });

  it('starts one when there is none at Twilio after all', async () => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    const timesOut = starterWith({
      startRecording: async () => {
        throw TwilioRestError.from(new Error('socket hang up'), 'start recording', true);
      },
    });
    await problemOf(timesOut.start(requestFor(callSid)));
    await age(callSid);
    const starts = starterWith({
      listRecordings: async () => [],
      startRecording: async (call) => twilioRecording(call, sid),
    });
    await expect(starts.start(requestFor(callSid))).resolves.toBe(sid);
  });

  it('says that a call which is over cannot be recorded, and that a busy Twilio may be asked again', async () => {
    const callSid = newCallSid();
    const refusing = (error: object): RecordingStarter =>
      starterWith({
        startRecording: async () => {
          throw TwilioRestError.from(error, 'start recording', true);
        },
      });
    const over = refusing({ status: 400, code: 21220, message: 'not in progress' });
    expect(await problemOf(over.start(requestFor(callSid)))).toMatchObject({ status: 409 });
    const busy = refusing({ status: 429, code: 20429, message: 'too many' });
    expect(await problemOf(busy.start(requestFor(callSid)))).toMatchObject({ status: 503 });
  });
});
