import { settingRows } from '@frontdesk/runtime';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatsOf, readRecordingConfig, settings } from './config';

const folder = join(__dirname, '../..');
const rows = settingRows(settings);

const required = {
  PUBLIC_URL: 'https://frontdesk.example',
  DATABASE_URL: 'postgres://a:b@127.0.0.1/c',
  KAFKA_BROKERS: '127.0.0.1:9092',
  INTERNAL_API_TOKEN: 'a-secret-of-16-or-more',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  OPENAI_API_KEY: 'sk-x',
};

describe('the settings of recording-service', () => {
  it('stand in example.env, each with its default', () => {
    const lines = readFileSync(join(folder, 'example.env'), 'utf8')
      .split('\n')
      .filter((line) => /^(# )?[A-Z_]+=/.test(line));
    const example = new Map(
      lines.map((line) => line.replace(/^# /, '').split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    expect([...example.keys()].sort()).toEqual(rows.map(({ variable }) => variable).sort());
    for (const { variable, fallback } of rows)
      if (fallback !== 'required')
        expect([variable, example.get(variable)]).toEqual([variable, fallback === 'none' ? '' : fallback]);
  });

  it('stand in the table of the README', () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const { variable } of rows) expect(readme).toContain(`\`${variable}\``);
  });

  it('try WAV, then MP3, then the bare URL by default', () => {
    expect(formatsOf(readRecordingConfig(required))).toEqual(['.wav', '.mp3', '']);
  });

  it('refuse to start in production without checking signatures, and with nonsense for suffixes', () => {
    const unsafe = { ...required, NODE_ENV: 'production', TWILIO_VALIDATE_SIGNATURE: 'false' };
    expect(() => readRecordingConfig(unsafe)).toThrow('TWILIO_VALIDATE_SIGNATURE');
    expect(() => readRecordingConfig({ ...required, RECORDING_FORMATS: '/../x' })).toThrow(
      'RECORDING_FORMATS',
    );
  });

  it('refuse a shared store without its keys', () => {
    const store = { ...required, RECORDING_STORE_URL: 'https://s3.example/bucket' };
    expect(() => readRecordingConfig(store)).toThrow('RECORDING_STORE_ACCESS_KEY_ID');
    const keys = { RECORDING_STORE_ACCESS_KEY_ID: 'k', RECORDING_STORE_SECRET_ACCESS_KEY: 's' };
    expect(readRecordingConfig({ ...store, ...keys }).storeRegion).toBe('us-east-1');
  });
});
