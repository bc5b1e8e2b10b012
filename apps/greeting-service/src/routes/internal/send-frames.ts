import { type ServerResponse } from 'node:http';
import { type Frames } from '../../cache/frames';

/** Finished frames, and who spoke them. */
export const sendFrames = ({ mulaw, provider, model }: Frames, response: ServerResponse): void => {
  response.setHeader('Content-Type', 'audio/basic');
  response.setHeader('Content-Length', mulaw.length);
  response.setHeader('Frontdesk-Speech', `${provider}/${model}`);
  response.end(mulaw);
};
