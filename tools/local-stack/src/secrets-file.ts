import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { newSecrets, type Secrets } from '@frontdesk/test-harness';

/** The stack's secrets, made once and kept with its data. */
export const loadSecrets = (file: string): Secrets => {
  if (existsSync(file)) {
    try {
      return { ...newSecrets(), ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) };
    } catch {
      throw new Error(`${file} is not readable as JSON: remove it, new secrets are made then`);
    }
  }
  const secrets = newSecrets();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
};
