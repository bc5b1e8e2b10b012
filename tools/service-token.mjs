// Prints a bearer token for the HTTP API of one service, signed with the first secret of INTERNAL_API_TOKEN.
// Usage: INTERNAL_API_TOKEN=… node tools/service-token.mjs greeting-service [minutes]
import { createHmac } from 'node:crypto';

const services = ['media-gateway', 'greeting-service', 'recording-service', 'outbound-dialer'];
const [audience, minutes = '10'] = process.argv.slice(2);
const secret = process.env.INTERNAL_API_TOKEN?.split(',')[0]?.trim();

const fail = (line) => {
  console.error(`service-token: ${line}`);
  process.exit(1);
};
if (!services.includes(audience)) fail(`name the service: ${services.join(', ')}`);
if (!(Number(minutes) > 0)) fail(`the minutes must be a number above 0, got "${minutes}"`);
if (!secret) fail('INTERNAL_API_TOKEN is required but not set');

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = { sub: 'operator', role: 'admin', businessIds: '*', aud: audience };
const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat: now, exp: now + Math.round(Number(minutes) * 60) })}`;
console.log(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
