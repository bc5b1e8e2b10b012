import { importProfiles as endpoint } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';
import { writerOf } from '../../writer';

/** A thousand profiles with long instructions and tools. */
const MAX_BYTES = 32 * 1024 * 1024;

export const serveImportProfiles = (router: ServiceRouter, { profiles }: GreetingParts): void =>
  router.handle(endpoint, (request) => profiles.import(request.body.profiles, writerOf(request)), {
    maxBodyBytes: MAX_BYTES,
  });
