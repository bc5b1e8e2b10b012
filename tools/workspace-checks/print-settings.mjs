// Prints the environment table of a README and an example.env for a built project, from its bundle.
// Usage: node tools/workspace-checks/print-settings.mjs apps/greeting-service
import { execFileSync } from 'node:child_process';

const root = process.argv[2];
if (!root) {
  console.error('usage: print-settings.mjs PROJECT_ROOT (built before)');
  process.exit(1);
}
const bundle = `dist/${root}/main.js`;
const { settings } = JSON.parse(
  execFileSync(process.execPath, [bundle, 'settings'], { env: {}, encoding: 'utf8' }),
);
console.log('| Variable | Default | Meaning |\n|---|---|---|');
for (const { variable, fallback, description } of settings)
  console.log(`| \`${variable}\` | ${fallback} | ${description.replaceAll('|', '\\|')} |`);
console.log('');
for (const { variable, fallback, description } of settings) {
  console.log(`# ${description}`);
  console.log(
    fallback === 'required' ? `${variable}=` : `# ${variable}=${fallback === 'none' ? '' : fallback}`,
  );
}
