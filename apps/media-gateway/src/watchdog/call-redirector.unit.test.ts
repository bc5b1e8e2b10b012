import { silentLogger, Metrics } from '@frontdesk/observability';
import { type TwilioAccounts, TwilioRestError } from '@frontdesk/telephony';
import { GatewayEvents } from '../events';
import { type CallRecord, type LiveStream, StreamRegistry } from '../streams/stream-registry';
import { newCall } from '../../tests/call-record';
import { CallRedirector } from './call-redirector';

const callSid = `CA${'0'.repeat(32)}`;
const refused = (status: number, code?: number): TwilioRestError =>
  TwilioRestError.from({ status, code, message: 'refused' }, 'update', true);

const started = (
  answers: (TwilioRestError | 'ok')[],
  onUpdate: (record: CallRecord) => void = () => undefined,
) => {
  const urls: string[] = [];
  const redirected: string[] = [];
  const elsewhere = { isFetched: false };
  const record = new StreamRegistry().open(callSid, () => newCall(callSid));
  const accounts = {
    defaultAccountSid: 'AC',
    account: () => ({
      updateCall: (_sid: string, { url }: { url: string }) => {
        urls.push(url);
        onUpdate(record);
        const answer = answers.shift();
        if (answer === undefined) throw new Error('an update nobody expected');
        return answer === 'ok' ? Promise.resolve({}) : Promise.reject(answer);
      },
    }),
  } as unknown as TwilioAccounts;
  const redirector = new CallRedirector({
    accounts,
    fallbackUrl: () => 'https://calls.example.com/webhook/fallback?token=x',
    wasFetchedElsewhere: () => Promise.resolve(elsewhere.isFetched),
    events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
    onRedirected: (_record, reason) => redirected.push(reason),
    onOver: () => redirected.push('over'),
  });
  return { elsewhere, redirector, record, urls, redirected, answers };
};

describe('CallRedirector', () => {
  it('redirects a call once, however many watches ask', async () => {
    const { redirector, record, urls, redirected } = started(['ok']);
    await Promise.all([
      redirector.redirect(record, 'no-stream-start'),
      redirector.redirect(record, 'stream-error'),
    ]);
    await redirector.redirect(record, 'no-media');
    expect(urls).toHaveLength(1);
    expect(urls[0]).toMatch(/^https:\/\/calls\.example\.com\/webhook\/fallback\?token=/);
    expect(redirected).toEqual(['no-stream-start']);
  });

  it('takes a call that is over for no error and for no redirect', async () => {
    const { redirector, record, redirected } = started([refused(400, 21220)]);
    await redirector.redirect(record, 'no-stream-start');
    expect(redirected).toEqual(['over']);
  });

  it('does not try again after 500 when a peer saw the fallback fetched', async () => {
    const { redirector, record, urls, redirected, elsewhere } = started([refused(500)]);
    elsewhere.isFetched = true;
    await redirector.redirect(record, 'no-stream-start');
    expect(urls).toHaveLength(1);
    expect(redirected).toHaveLength(1);
  });

  it('stops trying when the caller came to the fallback by another way meanwhile', async () => {
    const made = started([refused(429, 20429)], () => {
      made.elsewhere.isFetched = true;
    });
    await made.redirector.redirect(made.record, 'no-stream-start');
    expect(made.urls).toHaveLength(1);
    expect(made.redirected).toHaveLength(1);
  });

  it('leaves the call alone when it turns out, once marked, that a peer has it', async () => {
    const { redirector, record, urls } = started([]);
    const phases: string[] = [];
    await redirector.redirect(record, 'stream-error', () => {
      phases.push(record.phase);
      return Promise.resolve(false);
    });
    expect([phases, record.phase, urls]).toEqual([['redirecting'], 'ringing', []]);
  });

  it.each([
    ['it is due still', true],
    ['a peer has the call', false],
  ])(
    'does not play a second fallback to a caller who was sent there by a webhook fetched again: %s',
    async (_case, isDue) => {
      const { redirector, record, urls, redirected } = started([]);
      await redirector.redirect(record, 'stream-error', () => {
        record.isFallbackFetched = true;
        return Promise.resolve(isDue);
      });
      expect([urls, record.phase, redirected]).toEqual([[], 'redirecting', ['stream-error']]);
    },
  );

  it('tries again after 429, which Twilio did not carry out', async () => {
    const { redirector, record, urls, redirected } = started([refused(429, 20429), 'ok']);
    await redirector.redirect(record, 'no-stream-start');
    expect(urls).toHaveLength(2);
    expect(redirected).toHaveLength(1);
  });

  it('does not try again after 500 when the fallback was fetched: the redirect worked', async () => {
    const { redirector, record, urls, redirected } = started([refused(500)], (call) => {
      call.isFallbackFetched = true;
    });
    await redirector.redirect(record, 'no-stream-start');
    expect(urls).toHaveLength(1);
    expect(redirected).toHaveLength(1);
  });

  it('leaves the call as it was when Twilio refuses, so that it may be asked again', async () => {
    const { redirector, record, redirected } = started([refused(401, 20003), 'ok']);
    await redirector.redirect(record, 'media-lost');
    expect(record.phase).toBe('ringing');
    await redirector.redirect(record, 'media-lost');
    expect(redirected).toEqual(['media-lost']);
  });

  it('closes the stream of a call that Twilio does not redirect: the caller is not left with a dead one', async () => {
    const { redirector, record } = started([refused(401, 20003)]);
    const abandon = jest.fn();
    record.phase = 'live';
    record.session = { abandon } as unknown as LiveStream;
    await redirector.redirect(record, 'agent-silent');
    expect(record.phase).toBe('live');
    expect(abandon).toHaveBeenCalledTimes(1);
  });

  it.each(['ending', 'transferring', 'redirecting', 'ended'] as const)(
    'leaves a call alone that is %s',
    async (phase) => {
      const { redirector, record, urls } = started([]);
      record.phase = phase;
      await redirector.redirect(record, 'stream-error');
      expect(urls).toEqual([]);
    },
  );
});
