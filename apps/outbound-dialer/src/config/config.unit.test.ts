import { settingRows } from '@frontdesk/runtime';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDialerConfig, settings } from '.';

const environment = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/frontdesk',
  KAFKA_BROKERS: '127.0.0.1:9092',
  INTERNAL_API_TOKEN: 'a-secret-of-32-characters-or-more',
  PUBLIC_URL: 'https://frontdesk.example',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
};
const project = join(__dirname, '../..');

it('does everything in one process by default, on the fixed port', () => {
  expect(readDialerConfig(environment)).toMatchObject({ role: 'all', port: 3004, validateSignature: true });
});

it('refuses the role all in production with one line', () => {
  expect(() => readDialerConfig({ ...environment, NODE_ENV: 'production' })).toThrow(
    /^SERVICE_ROLE must be api or worker when NODE_ENV is production, got "all"$/,
  );
  expect(readDialerConfig({ ...environment, NODE_ENV: 'production', SERVICE_ROLE: 'worker' }).role).toBe(
    'worker',
  );
});

it.each([
  ['TWILIO_VALIDATE_SIGNATURE', 'false', /TWILIO_VALIDATE_SIGNATURE must not be false/],
  ['TWILIO_ACCOUNT_SID', 'SK1', /TWILIO_ACCOUNT_SID must be AC and 32 hex digits/],
  ['DIAL_LEASE_MS', '9000', /DIAL_LEASE_MS must be more than TWILIO_TIMEOUT_MS/],
  ['PUBLIC_URL', '', /PUBLIC_URL is required/],
])('names the wrong variable: %s=%j', (variable, value, message) => {
  const production = { ...environment, NODE_ENV: 'production', SERVICE_ROLE: 'api' };
  expect(() => readDialerConfig({ ...production, [variable]: value })).toThrow(message);
});

it('has every setting in the README’s table and in example.env', () => {
  const readme = readFileSync(join(project, 'README.md'), 'utf8');
  const example = readFileSync(join(project, 'example.env'), 'utf8');
  for (const { variable, fallback, description } of settingRows(settings)) {
    expect(readme).toMatch(new RegExp(`\\| \`${variable}\` +\\|`));
    expect(readme.replace(/ +/g, ' ')).toContain(`| ${fallback} | ${description} |`);
    expect(example).toMatch(new RegExp(`^#? ?${variable}=`, 'm'));
  }
});
