// The cheapest application there can be: answers every webhook with a Connect, and sends each media message of the
// caller back, after 140 ms of silence as a lead. Prints its port.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const TWIML = '<Response><Connect><Stream url="wss://echo.example/media"/></Connect></Response>';
const LEAD = Buffer.alloc(7 * 160, 0xff).toString('base64');

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'Content-Type': 'text/xml' }).end(TWIML);
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
  socket.on('message', (data) => {
    const { event, streamSid, media } = JSON.parse(data.toString());
    const payload = event === 'start' ? LEAD : media?.payload;
    if (payload) socket.send(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"${payload}"}}`);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
