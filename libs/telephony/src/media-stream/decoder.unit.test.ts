import fc from 'fast-check';
import { MediaStreamDecoder, type MediaStreamStart, type MessageRefusal } from '../index';

const MZ = `MZ${'0a'.repeat(16)}`;
const OTHER = `MZ${'0b'.repeat(16)}`;
const start = {
  event: 'start',
  sequenceNumber: '1',
  start: {
    streamSid: MZ,
    accountSid: `AC${'1b'.repeat(16)}`,
    callSid: `CA${'2c'.repeat(16)}`,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { token: 'abc' },
  },
  streamSid: MZ,
};
const audio = Buffer.alloc(160, 0xd5).toString('base64');
const media = (change: object = {}, mediaChange: object = {}) => ({
  event: 'media',
  sequenceNumber: '2',
  media: { track: 'inbound', chunk: '1', timestamp: '20', payload: audio, ...mediaChange },
  streamSid: MZ,
  ...change,
});
const mark = { event: 'mark', sequenceNumber: '4', streamSid: MZ, mark: { name: 'a "b"' } };
const dtmf = {
  event: 'dtmf',
  sequenceNumber: '5',
  streamSid: MZ,
  dtmf: { track: 'inbound_track', digit: '#' },
};
const stop = { event: 'stop', sequenceNumber: '6', streamSid: MZ, stop: {} };

type Told =
  | ['start', MediaStreamStart]
  | ['media', string, number]
  | ['mark' | 'dtmf', string]
  | ['stop']
  | ['refused', MessageRefusal];

const isBase64 = (payload: string): boolean => /^[\w+/]+=*$/.test(payload);

/** A decoder, and what it told. */
const decoding = (takesAudio: (payload: string) => boolean = isBase64) => {
  const told: Told[] = [];
  const details: string[] = [];
  const decoder = new MediaStreamDecoder({
    start: (value) => told.push(['start', value]),
    media: (message, from, to, timestampMs) => {
      const payload = Buffer.from(message).toString('utf8', from, to);
      if (takesAudio(payload)) told.push(['media', payload, timestampMs]);
      return takesAudio(payload);
    },
    mark: (name) => told.push(['mark', name]),
    dtmf: (digit) => told.push(['dtmf', digit]),
    stop: () => told.push(['stop']),
    refused: (reason, detail) => {
      told.push(['refused', reason]);
      details.push(detail);
    },
  });
  const receive = (...messages: (object | string)[]): Told[] => {
    for (const message of messages)
      decoder.receive(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), false);
    return told;
  };
  return { decoder, told, details, receive };
};
/** What is told of messages behind a start. */
const afterStart = (...messages: (object | string)[]): Told[] => {
  const { receive, told } = decoding();
  receive(start);
  expect(told.splice(0)).toHaveLength(1);
  return receive(...messages);
};

describe('MediaStreamDecoder', () => {
  it('tells each message of the documented sequence', () => {
    const { receive } = decoding();
    const { tracks, ...told } = start.start;
    expect(tracks).toEqual(['inbound']);
    expect(receive({ event: 'connected', protocol: 'Call' }, start, media(), dtmf, mark, stop)).toEqual([
      ['start', told],
      ['media', audio, 20],
      ['dtmf', '#'],
      ['mark', 'a "b"'],
      ['stop'],
    ]);
  });

  it('does not parse media that comes in the usual order', () => {
    const { receive, told } = decoding();
    receive(start);
    const text = JSON.stringify(media());
    const parse = jest.spyOn(JSON, 'parse');
    receive(text);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    expect(told.at(-1)).toEqual(['media', audio, 20]);
  });

  it('does not parse a mark that comes in the usual order, and reads it as the parser would', () => {
    const { receive, told } = decoding();
    receive(start);
    told.length = 0;
    const parse = jest.spyOn(JSON, 'parse');
    receive({ ...mark, mark: { name: '2:17' } });
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    receive(mark, { ...mark, streamSid: OTHER }, { ...mark, mark: { name: 'שלום' } });
    receive(JSON.stringify(mark).replace('a \\"b\\"', 'a\u0001'), {
      ...mark,
      mark: { name: 'x'.repeat(257) },
    });
    expect(told).toEqual([
      ['mark', '2:17'],
      ['mark', 'a "b"'],
      ['refused', 'wrong-stream'],
      ['mark', 'שלום'],
      ['refused', 'not-json'],
      ['refused', 'bad-field'],
    ]);
  });

  it('reads media alike in any order of keys, spaced, escaped, and with numbers for strings', () => {
    const { event, media: inner, streamSid } = media();
    const { payload, ...counters } = inner;
    const odd: (object | string)[] = [
      { streamSid, media: { payload, ...counters, chunk: '2' }, event },
      JSON.stringify(media({}, { chunk: '3' }), null, 1),
      JSON.stringify(media({}, { chunk: '4' })).replace(
        payload,
        `\\u00${payload.charCodeAt(0).toString(16)}${payload.slice(1)}`,
      ),
      media({}, { chunk: 5, timestamp: 20 }),
      JSON.stringify(media({}, { chunk: '6' })).replace('"sequenceNumber":"2",', ''),
    ];
    expect(afterStart(...odd)).toEqual(odd.map(() => ['media', audio, 20]));
  });

  it('takes the last of a doubled key, as JSON does', () => {
    const doubled = JSON.stringify(media()).replace('"payload":', '"payload":"AAAA","payload":');
    expect(afterStart(doubled)).toEqual([['media', audio, 20]]);
    const otherStream = `${JSON.stringify(media()).slice(0, -1)},"streamSid":"${OTHER}"}`;
    expect(afterStart(otherStream)).toEqual([['refused', 'wrong-stream']]);
  });

  it('refuses everything before the start, and everything behind the stop', () => {
    const { receive, told } = decoding();
    expect(receive(media(), mark, dtmf, stop)).toEqual(Array(4).fill(['refused', 'before-start']));
    receive(start, stop);
    told.length = 0;
    expect(receive(media(), mark, dtmf, stop)).toEqual(Array(4).fill(['refused', 'after-stop']));
    told.length = 0;
    expect(receive(start)).toEqual([['refused', 'second-start']]);
  });

  it('keeps its first start: a second one, of this or another stream, changes nothing', () => {
    const foreign = { ...start, start: { ...start.start, streamSid: OTHER }, streamSid: OTHER };
    expect(afterStart(start, foreign, media(), media({ streamSid: OTHER }, { chunk: '2' }))).toEqual([
      ['refused', 'second-start'],
      ['refused', 'second-start'],
      ['media', audio, 20],
      ['refused', 'wrong-stream'],
    ]);
  });

  it('refuses a chunk that came before, and is not silenced for good by one that jumped far ahead', () => {
    const chunks = ['1', '2', '2', '1', '999999999999', '3', '4', '3'];
    expect(afterStart(...chunks.map((chunk) => media({}, { chunk }))).map(([what]) => what)).toEqual([
      'media',
      'media',
      'refused',
      'refused',
      'media',
      'media',
      'media',
      'refused',
    ]);
  });

  it('takes audio of any length, and refuses what the taker cannot decode, and none at all', () => {
    const { receive } = decoding();
    const odd = Buffer.alloc(7).toString('base64');
    receive(start);
    expect(
      receive(
        media({}, { payload: odd }),
        media({}, { payload: '', chunk: '2' }),
        media({}, { payload: '*?"', chunk: '3' }),
        media({}, { payload: Buffer.alloc(40_000).toString('base64'), chunk: '4' }),
      )
        .slice(1)
        .map(([what, detail]) => (what === 'refused' ? detail : what)),
    ).toEqual(['media', 'bad-audio', 'bad-audio', 'media']);
  });

  it('refuses binary frames', () => {
    const { decoder, told } = decoding();
    decoder.receive(Buffer.from(JSON.stringify(start)), true);
    expect(told).toEqual([['refused', 'binary']]);
  });

  const noMessages = [
    ['{', 'not-json'],
    ['', 'not-json'],
    ['\u0000', 'not-json'],
    [`{"event":"media"${'['.repeat(30_000)}`, 'not-json'],
    ['null', 'no-event'],
    ['[]', 'no-event'],
    ['7', 'no-event'],
    ['"start"', 'no-event'],
    ['{}', 'no-event'],
    ['{"event":7}', 'no-event'],
    ['{"event":"whisper"}', 'unknown-event'],
    ['{"event":"toString"}', 'unknown-event'],
    ['{"event":"__proto__"}', 'unknown-event'],
  ] as const;
  it.each(noMessages.map(([text, reason]) => [JSON.stringify(text.slice(0, 40)), reason, text]))(
    'refuses %s as %s',
    (_shown, reason, text) => {
      expect(afterStart(text)).toEqual([['refused', reason]]);
    },
  );

  const wrong = [undefined, null, 7, -1, 1.5, true, '', 'x', [], {}, 'x'.repeat(10_000), '\u0000', '٣'];
  const isRefused = (told: Told[]): boolean => told.length === 1 && told[0]![0] === 'refused';

  it('refuses a start with any needed field missing or of a wrong type', () => {
    const fields = ['streamSid', 'accountSid', 'callSid', 'mediaFormat'] as const;
    for (const value of wrong) {
      for (const field of fields) {
        const { receive } = decoding();
        expect(isRefused(receive({ ...start, start: { ...start.start, [field]: value } }))).toBe(true);
      }
      expect(isRefused(decoding().receive({ ...start, start: value }))).toBe(true);
      expect(isRefused(decoding().receive({ ...start, streamSid: value }))).toBe(true);
    }
    for (const customParameters of [null, 7, 'x', [7], { token: 7 }, { token: null }])
      expect(isRefused(decoding().receive({ ...start, start: { ...start.start, customParameters } }))).toBe(
        true,
      );
    expect(decoding().receive({ ...start, streamSid: OTHER })).toEqual([['refused', 'bad-field']]);
  });

  it('refuses media with any field missing or of a wrong type', () => {
    for (const value of wrong) {
      expect(isRefused(afterStart(media({ streamSid: value })))).toBe(true);
      expect(isRefused(afterStart(media({ media: value })))).toBe(true);
      for (const field of ['chunk', 'timestamp'])
        if (value !== 7) expect(isRefused(afterStart(media({}, { [field]: value })))).toBe(true);
    }
    for (const payload of [undefined, null, 7, [], {}, true])
      expect(isRefused(afterStart(media({}, { payload })))).toBe(true);
    expect(afterStart(media({}, { timestamp: '1'.repeat(13) }))).toEqual([['refused', 'bad-field']]);
    expect(afterStart(media({}, { track: 'outbound' }))).toEqual([['refused', 'bad-field']]);
  });

  it('refuses marks, digits and stops with a field missing or of a wrong type', () => {
    const refusals = [
      ...wrong.flatMap((value) => [
        { ...mark, streamSid: value },
        { ...mark, mark: value },
        { ...dtmf, streamSid: value },
        { ...dtmf, dtmf: value },
        { ...dtmf, dtmf: { digit: value } },
        { ...stop, streamSid: value },
      ]),
      ...[undefined, null, 7, [], {}, 'x'.repeat(257)].map((name) => ({ ...mark, mark: { name } })),
      { ...dtmf, dtmf: { digit: '12' } },
      { ...stop, streamSid: OTHER },
    ];
    for (const message of refusals)
      expect([message, isRefused(afterStart(message))]).toEqual([message, true]);
  });

  it('says in a bounded line what is wrong', () => {
    const { receive, details } = decoding();
    receive({ event: 'x'.repeat(5000) }, start, { ...mark, mark: { name: 7 } });
    expect(details[0]).toHaveLength(120);
    expect(details[1]).toMatch(/^mark\.name: /);
  });

  const anyMessage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record(
        {
          event: fc.constantFrom('connected', 'start', 'media', 'mark', 'dtmf', 'stop', 'other'),
          start: fc.oneof(fc.constant(start.start), fc.anything()),
          media: fc.oneof(fc.constant(media().media), fc.anything()),
          mark: fc.oneof(fc.constant(mark.mark), fc.anything()),
          dtmf: fc.oneof(fc.constant(dtmf.dtmf), fc.anything()),
          streamSid: fc.constantFrom(MZ, OTHER, ''),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value) ?? ''),
    fc.tuple(fc.nat(400), fc.string({ maxLength: 3 })).map(([at, junk]) => {
      const text = JSON.stringify(media());
      return text.slice(0, at) + junk + text.slice(at + 1);
    }),
    fc.constantFrom(start, media(), mark, dtmf, stop).map((message) => JSON.stringify(message)),
  );

  it('never throws, and tells a start at most once, media only behind it, and nothing but refusals behind a stop', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 20 }), (messages) => {
        const { receive } = decoding();
        const told = receive(...messages).map(([what]) => what);
        const used = told.filter((what) => what !== 'refused');
        expect(used.slice(1)).not.toContain('start');
        if (used.length > 0) expect(used[0]).toBe('start');
        const stopped = used.indexOf('stop');
        if (stopped >= 0) expect(stopped).toBe(used.length - 1);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells media the same, cut out or parsed', () => {
    const chunk = fc.nat(1_000_000).map(String);
    const payload = fc
      .uint8Array({ minLength: 1, maxLength: 400, size: 'max' })
      .map((bytes) => Buffer.from(bytes).toString('base64'));
    fc.assert(
      fc.property(chunk, chunk, payload, (chunkText, timestamp, text) => {
        const message = media({}, { chunk: chunkText, timestamp, payload: text });
        const { event, ...rest } = message;
        expect(afterStart(message)).toEqual([['media', text, Number(timestamp)]]);
        expect(afterStart({ ...rest, event })).toEqual([['media', text, Number(timestamp)]]);
      }),
    );
  });
});
