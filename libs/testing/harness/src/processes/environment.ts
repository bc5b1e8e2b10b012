/** What a child process inherits. All else (keys, databases, brokers, PORT, HOST) it gets by name or not at all. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SystemRoot'];

export type Environment = Record<string, string>;

/** The environment without anything that could lead to an account, a server or a port of the person's. */
export const scrubbedEnvironment = (source: NodeJS.ProcessEnv = process.env): Environment =>
  Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = source[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
