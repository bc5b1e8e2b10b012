import { startCallRecording } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';

export const serveStartRecording = (router: ServiceRouter, { starter }: Parts): void =>
  router.handle(startCallRecording, async ({ params, body, traceparent }) => ({
    recordingSid: await starter.start({ callSid: params.sid, ...body, traceparent }),
  }));
