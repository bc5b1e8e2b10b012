import { PassThrough } from 'node:stream';
import { createLogger, maskNumber, type LogLevel } from './index';

const capture = (level: LogLevel = 'info') => {
  const stream = new PassThrough();
  const logger = createLogger({ service: 'unit', level, stream });
  const lines = (): Record<string, unknown>[] =>
    String(stream.read() ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { logger, lines };
};

describe('the logger', () => {
  it('writes one JSON line an event, head first', () => {
    const { logger, lines } = capture();
    logger.info('RING', { callSid: 'CA1' });
    expect(lines()).toEqual([
      {
        ts: expect.stringMatching(/^\d{4}-.*Z$/),
        level: 'info',
        service: 'unit',
        event: 'RING',
        callSid: 'CA1',
      },
    ]);
  });

  it('writes the lines of a turn to standard output together, and does not let an error wait', async () => {
    const written: string[] = [];
    const write = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => written.push(String(text)) > 0);
    try {
      const logger = createLogger({ service: 'unit', level: 'info' });
      const events = (): string[][] =>
        written.map((text) =>
          text
            .trim()
            .split('\n')
            .map((line) => (JSON.parse(line) as { event: string }).event),
        );
      logger.info('ONE');
      logger.info('TWO');
      expect(events()).toEqual([]);
      await new Promise((resolve) => setImmediate(resolve));
      expect(events()).toEqual([['ONE', 'TWO']]);
      logger.info('THREE');
      logger.error('FOUR');
      expect(events()).toEqual([
        ['ONE', 'TWO'],
        ['THREE', 'FOUR'],
      ]);
    } finally {
      write.mockRestore();
    }
  });

  it('carries the fields of a child on each line, and no field can pose as the head', () => {
    const { logger, lines } = capture();
    logger
      .child({ callSid: 'CA1' })
      .child({ generation: 2 })
      .warn('X', { service: 'forged', event: 'forged' });
    expect(lines()).toEqual([
      expect.objectContaining({ callSid: 'CA1', generation: 2, service: 'unit', event: 'X' }),
    ]);
  });

  it('writes nothing below its level', () => {
    const { logger, lines } = capture('warn');
    logger.info('NO');
    logger.debug('NO');
    logger.error('YES');
    expect(lines().map((line) => line.event)).toEqual(['YES']);
    expect(logger.isDebugEnabled()).toBe(false);
  });

  it('masks numbers by key, however deep, and inside any text', () => {
    const { logger, lines } = capture();
    logger.info('CALL', {
      from: '+972501234567',
      call: { to: '0501234567', callerNumber: '+15005550006' },
      numbers: ['+972501234567'],
      note: 'asked for +972501234567 twice',
      path: '/api/calls/%2B972501234567',
      sip: 'sip:alice@example.com',
      error: new Error('To +972501234567 is not valid'),
    });
    const text = JSON.stringify(lines());
    expect(text).not.toMatch(/01234567|5550006|alice/);
    expect(text).toContain('+9725•••••67');
  });

  it('leaves states called from and to as they are', () => {
    const { logger, lines } = capture();
    logger.info('STATE', { from: 'live', to: 'ending' });
    expect(lines()[0]).toMatchObject({ from: 'live', to: 'ending' });
  });

  it('drops secrets by key and by look, but keeps counts of tokens', () => {
    const { logger, lines } = capture();
    logger.info('ASK', {
      token: 'abc',
      headers: { Authorization: 'Bearer abc', 'x-twilio-signature': 'zzz', accept: '*/*' },
      OPENAI_API_KEY: 'abc',
      url: 'https://AC1:hunter2@api.example/',
      note: 'sent Bearer abc.def and sk-abcdefgh12345',
      inputTokens: 12,
    });
    const [line] = lines();
    expect(JSON.stringify(line)).not.toMatch(/hunter2|abc|zzz/);
    expect(line).toMatchObject({ inputTokens: 12, headers: { accept: '*/*' } });
  });

  it('survives cycles, binary and very long values', () => {
    const { logger, lines } = capture();
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    logger.info('ODD', { cycle, bytes: Buffer.alloc(3), long: 'x'.repeat(10_000), big: 1n });
    const [line] = lines();
    expect(line).toMatchObject({ bytes: '[3 bytes]', big: '1' });
    expect(String(line?.long).length).toBeLessThan(5_000);
  });
});

describe('maskNumber', () => {
  it('shows country and operator and the last two digits of a full number', () => {
    expect(maskNumber('+972501234567')).toBe('+9725•••••67');
    expect(maskNumber('+972 50-123-4567')).toBe('+9725•••••67');
  });

  it('shows only the end of a short one', () => {
    expect(maskNumber('+1234567')).toBe('•••••67');
  });
});
