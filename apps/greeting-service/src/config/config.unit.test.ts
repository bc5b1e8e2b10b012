import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingRows } from '@frontdesk/runtime';
import { readGreetingConfig, settings } from '.';

const environment = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1:5432/frontdesk',
  KAFKA_BROKERS: '127.0.0.1:9092',
  INTERNAL_API_TOKEN: 'a-secret-of-32-characters-or-more',
  OPENAI_API_KEY: 'sk-x',
};
const project = join(__dirname, '../..');

describe('the settings of greeting-service', () => {
  it('default to Hebrew, 256 greetings in memory and the fixed port', () => {
    expect(readGreetingConfig(environment)).toMatchObject({
      port: 3002,
      localeDefault: 'he-IL',
      greetingCacheMax: 256,
      ttsProviders: ['openai'],
    });
  });

  it.each([
    ['OPENAI_API_KEY', '', /OPENAI_API_KEY is required/],
    ['DATABASE_URL', 'mysql://x', /DATABASE_URL must be a URL with postgres/],
    ['TTS_PROVIDER', 'azure', /TTS_PROVIDER must be one or more of openai, openai-realtime, offline/],
    ['TTS_PROVIDER', 'openai,openai', /TTS_PROVIDER must name each only once/],
    ['GREETING_LOCALE_DEFAULT', 'Hebrew', /GREETING_LOCALE_DEFAULT must be a language tag/],
    ['GREETING_CACHE_MAX', '0', /GREETING_CACHE_MAX must be a whole number/],
  ])('name the wrong variable: %s=%j', (variable, value, message) => {
    expect(() => readGreetingConfig({ ...environment, [variable]: value })).toThrow(message);
  });

  it('need no key with the offline voice', () => {
    const offline = { ...environment, OPENAI_API_KEY: '', TTS_PROVIDER: 'offline' };
    expect(readGreetingConfig(offline).ttsProviders).toEqual(['offline']);
  });

  it('take several providers, in their order', () => {
    const several = { ...environment, TTS_PROVIDER: 'openai, openai-realtime,offline' };
    expect(readGreetingConfig(several).ttsProviders).toEqual(['openai', 'openai-realtime', 'offline']);
  });

  it('are all in the README’s table and in example.env', () => {
    const readme = readFileSync(join(project, 'README.md'), 'utf8');
    const example = readFileSync(join(project, 'example.env'), 'utf8');
    for (const { variable, fallback, description } of settingRows(settings)) {
      expect(readme).toMatch(new RegExp(`\\| \`${variable}\` +\\|`));
      expect(readme.replace(/ +/g, ' ')).toContain(`| ${fallback} | ${description} |`);
      expect(example).toMatch(new RegExp(`^#? ?${variable}=`, 'm'));
    }
  });
});
