import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

/**
 * The least that could stand between Twilio and the model, on the same `ws`: cuts the payload out of the text and passes it
 * on, both ways, message by message. No pacing, no marks, no barge-in, no greeting, no log. What the gateway costs is
 * compared with this.
 */
export const runForwarder = (modelUrl: string): void => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (caller) => forward(caller, modelUrl));
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ event: 'LISTENING', port })}\n`);
  });
};

const forward = (caller: WebSocket, modelUrl: string): void => {
  const model = new WebSocket(modelUrl, { perMessageDeflate: false });
  let streamSid = '';
  caller.on('message', (data: Buffer) => {
    const text = data.toString();
    if (text.startsWith('{"event":"media"')) {
      const from = text.indexOf('"payload":"') + 11;
      const payload = text.slice(from, text.indexOf('"', from));
      if (model.readyState === WebSocket.OPEN)
        model.send(`{"type":"input_audio_buffer.append","audio":"${payload}"}`);
    } else if (text.startsWith('{"event":"start"'))
      ({ streamSid } = (JSON.parse(text) as { start: { streamSid: string } }).start);
  });
  model.on('message', (data: Buffer) => {
    const text = data.toString();
    if (!text.startsWith('{"type":"response.output_audio.delta"')) return;
    const from = text.indexOf('"delta":"') + 9;
    const payload = text.slice(from, text.indexOf('"', from));
    caller.send(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"${payload}"}}`);
  });
  caller.on('close', () => model.close());
  model.on('close', () => caller.close());
  caller.on('error', () => model.terminate());
  model.on('error', () => caller.terminate());
};
