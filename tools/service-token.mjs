// Prints a bearer token for the HTTP API of one service, signed with the first secret of INTERNAL_API_TOKEN, or without it
// with the secret of the local stack (`npm start`).
// Usage: node tools/service-token.mjs greeting-service [minutes]
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const services = ['media-gateway', 'greeting-service', 'recording-service', 'outbound-dialer'];
const [audience, minutes = '10'] = process.argv.slice(2);
const stackSecrets = join(import.meta.dirname, '../.data/secrets.json');
const secret =
  process.env.INTERNAL_API_TOKEN?.split(',')[0]?.trim() ||
  (existsSync(stackSecrets) ? JSON.parse(readFileSync(stackSecrets, 'utf8')).internalApiToken : undefined);

const fail = (line) => {
  console.error(`service-token: ${line}`);
  process.exit(1);
};
if (!services.includes(audience)) fail(`name the service: ${services.join(', ')}`);
if (!(Number(minutes) > 0)) fail(`the minutes must be a number above 0, got "${minutes}"`);
if (!secret) fail('set INTERNAL_API_TOKEN, or run npm start once: it makes secrets for the local stack');

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = { sub: 'operator', role: 'admin', businessIds: '*', aud: audience };
const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat: now, exp: now + Math.round(Number(minutes) * 60) })}`;
console.log(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
