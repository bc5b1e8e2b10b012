import { createHash } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Frames } from '../../cache/frames';

/** By the audio itself: frames of one key may be made anew. Reckoned once for each. */
const tags = new WeakMap<Buffer, string>();

const tagOf = ({ mulaw }: Frames): string => {
  const known = tags.get(mulaw);
  if (known) return known;
  const tag = `"${createHash('sha256').update(mulaw).digest('base64url').slice(0, 22)}"`;
  tags.set(mulaw, tag);
  return tag;
};

/** Finished frames, and who spoke them; 304 for who has them. */
export const sendFrames = (
  frames: Frames,
  request: Pick<IncomingMessage, 'headers'>,
  response: ServerResponse,
): void => {
  const { mulaw, provider, model } = frames;
  const tag = tagOf(frames);
  response.setHeader('ETag', tag);
  if (request.headers['if-none-match'] === tag) {
    response.statusCode = 304;
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'audio/basic');
  response.setHeader('Content-Length', mulaw.length);
  response.setHeader('Frontdesk-Speech', `${provider}/${model}`);
  response.end(mulaw);
};
