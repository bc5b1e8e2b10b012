import { parseDuration, recordingReport, reportOfCallback } from './recording-report';

const callSid = `CA${'1'.repeat(32)}`;
const recordingSid = `RE${'2'.repeat(32)}`;

describe('parseDuration', () => {
  it.each([
    ['12', 12],
    ['0', 0],
    [7, 7],
    ['-1', null],
    [-1, null],
    ['abc', null],
    ['', null],
    ['1e9', null],
    ['99999999', null],
    [undefined, null],
    [null, null],
    ['Infinity', null],
  ])('reads %p as %p', (value, expected) => {
    expect(parseDuration(value)).toBe(expected);
  });
});

describe('a recording status callback', () => {
  it('is read whole', () => {
    expect(
      reportOfCallback({
        AccountSid: `AC${'3'.repeat(32)}`,
        CallSid: callSid,
        RecordingSid: recordingSid,
        RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/RE',
        RecordingStatus: 'completed',
        RecordingDuration: '-1',
        RecordingChannels: '2',
        RecordingStartTime: 'Fri, 20 Nov 2026 10:00:00 +0000',
        RecordingSource: 'StartCallRecordingAPI',
        SomethingNew: 'x',
      }),
    ).toEqual({
      recordingSid,
      callSid,
      accountSid: `AC${'3'.repeat(32)}`,
      kind: 'conversation',
      status: 'completed',
      url: 'https://api.twilio.com/2010-04-01/Accounts/AC/Recordings/RE',
      durationSeconds: null,
      channels: 2,
      startedAt: new Date('2026-11-20T10:00:00Z'),
      errorCode: null,
    });
  });

  it.each([
    ['RecordVerb', 'message'],
    ['DialVerb', 'transfer'],
    ['SomethingNew', null],
  ])('of source %s is of kind %s', (source, kind) => {
    expect(recordingReport({ recordingSid, callSid, source })?.kind).toBe(kind);
  });

  it('with a status never heard of counts as not finished', () => {
    expect(recordingReport({ recordingSid, callSid, status: 'thinking' })?.status).toBe('processing');
  });

  it('with a SID that could be a path is refused', () => {
    expect(recordingReport({ recordingSid, callSid: '../../etc/passwd' })).toBeNull();
    expect(recordingReport({ recordingSid: `${recordingSid}/x`, callSid })).toBeNull();
  });
});
