/**
 * The Realtime socket of an `OPENAI_BASE_URL` (`http(s)://host/v1`): ws for http, wss for https. The package's own
 * socket classes force wss, which is why they are not used.
 */
export const realtimeUrl = (baseUrl: string, model: string): string => {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/realtime`);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  url.searchParams.set('model', model);
  return url.href;
};
