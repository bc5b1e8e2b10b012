import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, workspaceRoot } from './manifests';

export interface SettingRow {
  readonly variable: string;
  /** `required`, `none`, or the default. */
  readonly fallback: string;
  readonly description: string;
  readonly secret: boolean;
}

/** The variables a service reads, told by its bundle: `node main.js settings`. */
export const settingsOf = (service: Service): SettingRow[] => {
  const bundle = join(workspaceRoot, 'dist/apps', service, 'main.js');
  if (!existsSync(bundle)) throw new Error(`${service} is not built: run nx build ${service}`);
  const answer = execFileSync(process.execPath, [bundle, 'settings'], { env: {}, encoding: 'utf8' });
  return (JSON.parse(answer) as { settings: SettingRow[] }).settings;
};
