import { integer, runMain, secrets, settingRows } from './index';

const settings = {
  port: integer('PORT', 'Port to listen on', { default: 3001, min: 0, max: 65_535 }),
  tokens: secrets('INTERNAL_API_TOKEN', 'Secrets'),
};

describe('runMain', () => {
  let written: string[];
  let stderr: string[];
  beforeEach(() => {
    written = [];
    stderr = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => stderr.push(String(text)) > 0);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = 0;
  });
  const start = (): Promise<AsyncDisposable> => Promise.reject(new Error('must not start'));

  it('answers "settings" with every variable, without an environment and without starting', async () => {
    await runMain({ name: 'greeter', settings, start }, ['settings']);
    expect(JSON.parse(written.join(''))).toEqual({ service: 'greeter', settings: settingRows(settings) });
    expect(settingRows(settings)).toEqual([
      { variable: 'PORT', fallback: '3001', description: 'Port to listen on', secret: false },
      { variable: 'INTERNAL_API_TOKEN', fallback: 'required', description: 'Secrets', secret: true },
    ]);
  });

  it('runs a subcommand and ends', async () => {
    const migrate = jest.fn(() => Promise.resolve());
    await runMain({ name: 'greeter', settings, start, commands: { migrate } }, ['migrate']);
    expect(migrate).toHaveBeenCalledTimes(1);
    expect(process.exitCode ?? 0).toBe(0);
  });

  it('says in one line why a command failed, and which commands there are', async () => {
    const commands = { migrate: () => Promise.reject(new Error('no database')) };
    await runMain({ name: 'greeter', settings, start, commands }, ['migrate']);
    await runMain({ name: 'greeter', settings, start, commands }, ['toString']);
    expect(stderr).toEqual([
      'greeter: no database\n',
      'greeter: unknown command "toString"; known: migrate, settings\n',
    ]);
    expect(process.exitCode).toBe(1);
  });
});
