import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingRows } from '@frontdesk/runtime';
import { readGatewayConfig, settings } from '.';

const environment = {
  PUBLIC_URL: 'calls.example.com',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'a-token-of-32-characters-or-more',
  OPENAI_API_KEY: 'sk-x',
  KAFKA_BROKERS: '127.0.0.1:9092',
  INTERNAL_API_TOKEN: 'a-secret-of-32-characters-or-more',
  STREAM_TOKEN_SECRET: 'another-secret-of-32-characters',
};
const project = join(__dirname, '../..');

describe('the settings of media-gateway', () => {
  it('default to 140 ms of lead, 120 frames of queue and 8 s for the start', () => {
    expect(readGatewayConfig(environment)).toMatchObject({
      port: 3001,
      txLeadMs: 140,
      txQueueMaxFrames: 120,
      watchdogStartTimeoutMs: 8000,
      greetingProtectMs: 500,
      agentSilenceMs: 4000,
    });
  });

  it('take PUBLIC_URL as a host or as a URL', () => {
    expect(readGatewayConfig(environment).publicUrl).toBe('https://calls.example.com');
    expect(readGatewayConfig({ ...environment, PUBLIC_URL: 'https://a.example/x/' }).publicUrl).toBe(
      'https://a.example/x',
    );
  });

  it.each([
    ['PUBLIC_URL', '', /PUBLIC_URL is required/],
    ['PUBLIC_URL', 'https://a.example/?q=1', /PUBLIC_URL must be a host or a URL/],
    ['TWILIO_ACCOUNT_SID', 'SK1', /TWILIO_ACCOUNT_SID must be AC/],
    ['GATEWAY_PEERS', 'dns:gateways:3001', /INTERNAL_URL is required but not set/],
    ['TOOL_ROUTES', 'crm.example=http://10.0.0.5:8080', /^[^\n]*TOOL_SIGNING_SECRET is required but not set/],
    ['TX_LEAD_MS', '5', /TX_LEAD_MS must be a whole number/],
    ['STREAM_TOKEN_SECRET', 'short', /STREAM_TOKEN_SECRET must hold secrets of at least/],
  ])('name the wrong variable: %s=%j', (variable, value, message) => {
    expect(() => readGatewayConfig({ ...environment, [variable]: value })).toThrow(message);
  });

  it('refuse to leave signatures unchecked in production', () => {
    const unchecked = { ...environment, TWILIO_VALIDATE_SIGNATURE: 'false' };
    expect(readGatewayConfig(unchecked).validateSignature).toBe(false);
    expect(() => readGatewayConfig({ ...unchecked, NODE_ENV: 'production' })).toThrow(
      /TWILIO_VALIDATE_SIGNATURE must not be false/,
    );
  });

  it('are all in the README’s table and in example.env', () => {
    const readme = readFileSync(join(project, 'README.md'), 'utf8').replace(/ +/g, ' ');
    const example = readFileSync(join(project, 'example.env'), 'utf8');
    for (const { variable, fallback, description } of settingRows(settings)) {
      expect(readme).toContain(`| \`${variable}\` | ${fallback ? `${fallback} ` : ''}| ${description} |`);
      expect(example).toMatch(new RegExp(`^#? ?${variable}=`, 'm'));
    }
  });
});

describe('TOOL_ROUTES', () => {
  it('say at which URL a host is reached', () => {
    const routes = 'crm.example=http://10.0.0.5:8080/base, other.example:8443=https://inside.example';
    expect([
      ...readGatewayConfig({
        ...environment,
        TOOL_SIGNING_SECRET: 'a-secret-of-16-or-more',
        TOOL_ROUTES: routes,
      }).toolRoutes,
    ]).toEqual([
      ['crm.example', 'http://10.0.0.5:8080/base'],
      ['other.example:8443', 'https://inside.example'],
    ]);
    expect(readGatewayConfig(environment).toolRoutes.size).toBe(0);
  });

  it.each(['crm.example', 'crm.example=10.0.0.5', 'https://crm.example=http://10.0.0.5', '=http://10.0.0.5'])(
    'are refused when one is %s',
    (routes) => {
      expect(() =>
        readGatewayConfig({
          ...environment,
          TOOL_SIGNING_SECRET: 'a-secret-of-16-or-more',
          TOOL_ROUTES: routes,
        }),
      ).toThrow(/TOOL_ROUTES must be/);
    },
  );
});
