import { type IncomingMessage } from 'node:http';
import { type Writer } from '../profiles/profiles';

/** A profile's revision as its ETag. */
export const entityTag = (revision: number): string => `"${revision}"`;

/**
 * What If-Match allows (RFC 9110 §13.1.1). Without the header any version may be replaced: scripts and other services
 * that own a profile alone need not read it first; the console always sends it.
 */
export const expectedRevision = (request: Pick<IncomingMessage, 'headers'>): Writer['expected'] => {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return () => true;
  const tags = header.split(',').map((tag) => tag.trim());
  return (revision) => tags.includes(entityTag(revision));
};
