import {
  choice,
  ConfigError,
  flag,
  integer,
  list,
  optionalUrl,
  readConfig,
  secrets,
  settingRows,
  text,
  url,
} from './config';

const settings = {
  port: integer('PORT', 'Port to listen on', { default: 3001, min: 0, max: 65_535 }),
  publicUrl: optionalUrl('PUBLIC_URL', 'Public origin'),
  brokers: list('KAFKA_BROKERS', 'Brokers', { default: ['127.0.0.1:9092'] }),
  validate: flag('VALIDATE', 'Check signatures', { default: true }),
  role: choice('ROLE', 'Role', ['api', 'worker'], { default: 'api' }),
  token: secrets('TOKEN', 'Token secrets'),
  name: text('NAME', 'Name'),
  base: url('BASE', 'Base', { default: 'http://127.0.0.1:1' }),
};

const valid = { TOKEN: 'a-secret-of-some-length', NAME: 'x' };

const linesOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(settings, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
};

describe('readConfig', () => {
  it('fills in defaults and converts what is set', () => {
    expect(
      readConfig(settings, { ...valid, PORT: '0', PUBLIC_URL: 'https://a.example/', VALIDATE: 'false' }),
    ).toMatchObject({
      port: 0,
      publicUrl: 'https://a.example',
      validate: false,
      brokers: ['127.0.0.1:9092'],
    });
  });

  it('names every wrong or missing variable in one line each', () => {
    expect(linesOf({ PORT: '70000', TOKEN: 'short', ROLE: 'boss', BASE: 'ftp://x' })).toEqual([
      'PORT must be a whole number from 0 to 65535, got "70000"',
      'ROLE must be one of api, worker, got "boss"',
      'TOKEN must hold secrets of at least 16 characters',
      'NAME is required but not set',
      'BASE must be a URL with http or https, got "ftp://x"',
    ]);
  });

  it('never repeats a secret in its message', () => {
    expect(linesOf({ NAME: 'x', TOKEN: 'hunter2' }).join()).not.toContain('hunter2');
  });

  it('treats an empty variable as unset', () => {
    expect(linesOf({ ...valid, NAME: '  ' })).toEqual(['NAME is required but not set']);
  });

  it('describes its settings for a table', () => {
    expect(settingRows(settings)[0]).toEqual({
      variable: 'PORT',
      fallback: '3001',
      description: 'Port to listen on',
      secret: false,
    });
  });
});
