import { type Endpoint } from '@frontdesk/contracts';
import { type EndpointRequest } from '@frontdesk/http';
import { type Writer } from '../profiles/profiles';
import { expectedRevision } from './entity-tag';

/** Who asks for a change, as the profiles need to know it. */
export const writerOf = ({ caller, traceparent, express }: EndpointRequest<Endpoint>): Writer => ({
  visible: caller.businessIds,
  expected: expectedRevision(express),
  traceparent,
});
