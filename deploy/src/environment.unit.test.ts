import { configOf, containersOf, services } from './manifests';
import { settingsOf } from './service-settings';

/** Read by Node and by the C library below it. */
const OF_THE_RUNTIME: ReadonlySet<string> = new Set(['NODE_OPTIONS', 'MALLOC_ARENA_MAX']);

describe.each(services)('the environment of %s in its manifests', (service) => {
  const settings = settingsOf(service);
  const config = configOf(service);
  const known = new Set(settings.map(({ variable }) => variable));

  it('names only variables that the service reads', () => {
    const helpers = containersOf(service).flatMap(({ container }) =>
      (container.env ?? []).flatMap(({ value }) =>
        [...(value ?? '').matchAll(/\$\((\w+)\)/g)].map((match) => match[1]!),
      ),
    );
    const named = [
      ...Object.keys(config),
      ...containersOf(service).flatMap(({ container }) => (container.env ?? []).map(({ name }) => name)),
    ];
    const unknown = named.filter((name) => !known.has(name) && !helpers.includes(name));
    expect(unknown.filter((name) => !OF_THE_RUNTIME.has(name))).toEqual([]);
  });

  it('gives every variable that is required', () => {
    const required = settings
      .filter(({ fallback }) => fallback === 'required')
      .map(({ variable }) => variable);
    for (const { container } of containersOf(service)) {
      const given = new Set([...Object.keys(config), ...(container.env ?? []).map(({ name }) => name)]);
      expect(required.filter((name) => !given.has(name))).toEqual([]);
    }
  });

  it('takes every secret from a Secret, and no other variable', () => {
    const secret = new Set(settings.filter((row) => row.secret).map(({ variable }) => variable));
    // No secrets, but they belong to an account: kept beside its token.
    const beside = new Set(['TWILIO_ACCOUNT_SID']);
    expect(Object.keys(config).filter((name) => secret.has(name))).toEqual([]);
    for (const { container } of containersOf(service))
      for (const { name, valueFrom } of container.env ?? [])
        expect([name, valueFrom?.secretKeyRef !== undefined]).toEqual([
          name,
          secret.has(name) || beside.has(name),
        ]);
  });
});
