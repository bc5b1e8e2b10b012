import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restoreSymlinks } from './binaries';

it('makes the missing symlinks of a package that was installed without its postinstall, and leaves the others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-links-'));
  mkdirSync(join(folder, 'native/lib'), { recursive: true });
  writeFileSync(join(folder, 'native/lib/libx.so.60.2'), '');
  writeFileSync(join(folder, 'native/lib/libx.so'), 'a file, not a link');
  writeFileSync(
    join(folder, 'native/pg-symlinks.json'),
    JSON.stringify([
      { source: 'native/lib/libx.so.60.2', target: 'native/lib/libx.so.60' },
      { source: 'native/lib/libx.so.60.2', target: 'native/lib/libx.so' },
    ]),
  );
  restoreSymlinks(folder);
  restoreSymlinks(folder);
  expect(readlinkSync(join(folder, 'native/lib/libx.so.60'))).toBe('libx.so.60.2');
  rmSync(folder, { recursive: true });
});
