import { z } from 'zod';
import { businessIdSchema } from './ids';

/** The parts of the system that own HTTP paths; also the audience of a service token. */
export const serviceNames = [
  'media-gateway',
  'greeting-service',
  'recording-service',
  'outbound-dialer',
  'console',
] as const;
export const serviceNameSchema = z.enum(serviceNames);
export type ServiceName = z.infer<typeof serviceNameSchema>;

/** Fixed ports of `npm start` (architecture §4). */
export const defaultPorts = {
  console: 3000,
  'media-gateway': 3001,
  'greeting-service': 3002,
  'recording-service': 3003,
  'outbound-dialer': 3004,
  'public-router': 3080,
  'twilio-simulator': 3101,
  'openai-simulator': 3102,
} as const;

/** `service`: another of our services; the rest are people, whose tokens the console mints. */
export const callerRoleSchema = z.enum(['service', 'admin', 'operator', 'viewer']);
export type CallerRole = z.infer<typeof callerRoleSchema>;

/** Claims of the short-lived HS256 bearer token between services. `businessIds: '*'` means every business. */
export const serviceTokenClaimsSchema = z.object({
  sub: z.string().min(1),
  role: callerRoleSchema,
  businessIds: z.union([z.literal('*'), z.array(businessIdSchema)]),
  aud: serviceNameSchema,
});
export type ServiceTokenClaims = z.infer<typeof serviceTokenClaimsSchema>;
