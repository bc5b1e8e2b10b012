import { z } from 'zod';
import { defineEndpoint } from '../endpoint';
import { businessIdSchema, instantSchema } from '../ids';
import { businessProfileInputSchema } from './greeting';

const owner = 'greeting-service' as const;

/** Names the form of an exported document. */
export const PROFILES_FORMAT = 'frontdesk.profiles.v1';

/** A profile as it was typed, with its id; `revision` is the one it was exported at. */
export const exportedProfileSchema = businessProfileInputSchema.extend({
  id: businessIdSchema.optional(),
  revision: z.int().min(0).optional(),
});
export type ExportedProfile = z.infer<typeof exportedProfileSchema>;

export const exportProfiles = defineEndpoint({
  name: 'exportProfiles',
  owner,
  method: 'GET',
  path: '/api/profiles/export',
  access: 'people',
  summary: 'All profiles the caller may see, as one document that importProfiles takes',
  response: z.object({
    format: z.literal(PROFILES_FORMAT),
    exportedAt: instantSchema,
    profiles: z.array(exportedProfileSchema),
  }),
});

export const importProfiles = defineEndpoint({
  name: 'importProfiles',
  owner,
  method: 'POST',
  path: '/api/profiles/import',
  access: 'people',
  summary:
    'Create or replace profiles, all of them or none. A profile without id is new; one with a revision replaces only that revision (412 otherwise)',
  body: z.object({
    format: z.literal(PROFILES_FORMAT),
    exportedAt: instantSchema.optional(),
    profiles: z.array(exportedProfileSchema).min(1).max(1000),
  }),
  response: z.object({
    created: z.int(),
    replaced: z.int(),
    profiles: z.array(z.object({ id: businessIdSchema, revision: z.int() })),
  }),
});

export const greetingProfilesEndpoints = [exportProfiles, importProfiles];
