import { type IncomingMessage } from 'node:http';
import { ApiError, requireKey } from '../http/answers';
import { type FaultRegistry } from '../faults/fault-registry';

const MODELS = /^gpt-realtime(-[\w.]+)*$/;

/** The model of an upgrade request that may go on. @throws ApiError as the vendor refuses one */
export const checkHandshake = (request: IncomingMessage, url: URL, faults: FaultRegistry): string => {
  if (url.pathname !== '/v1/realtime') throw new ApiError(404, `Invalid URL (GET ${url.pathname})`);
  if (faults.take('handshake-500')) throw new ApiError(500, 'The server had an error.');
  if (faults.take('handshake-429')) throw new ApiError(429, 'Rate limit reached', 'rate_limit_exceeded');
  if (faults.take('handshake-401')) throw new ApiError(401, 'Incorrect API key provided.', 'invalid_api_key');
  requireKey(request.headers);
  if (request.headers['openai-beta'] !== undefined)
    throw new ApiError(
      400,
      'The Realtime Beta API is no longer supported. Please remove the OpenAI-Beta header.',
      'beta_api_shape_disabled',
    );
  const model = url.searchParams.get('model');
  if (!model)
    throw new ApiError(400, "Missing required parameter: 'model'.", 'missing_required_parameter', 'model');
  if (!MODELS.test(model))
    throw new ApiError(
      404,
      `The model \`${model}\` does not exist or you do not have access to it.`,
      'model_not_found',
    );
  return model;
};
