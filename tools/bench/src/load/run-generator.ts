import { type AddressInfo } from 'node:net';
import { Generator, type LoadLevel, type LoadPlan } from './generator';
import { serveModel } from './model-session';

/** The generator as a process of its own: the model's server, and orders of the benchmark on the same port. */
export const runGenerator = (): void => {
  const generator = new Generator();
  const orders: Record<string, (body: string) => Promise<unknown>> = {
    '/use': (body) => Promise.resolve(generator.use(JSON.parse(body) as LoadPlan)),
    '/hold': (body) => generator.hold(JSON.parse(body) as LoadLevel),
    '/end': () => generator.end(),
    '/reset': () => Promise.resolve(generator.reset()),
    '/read': () => Promise.resolve(generator.read()),
  };
  const server = serveModel(
    (socket) => generator.session(socket),
    (path, body) => {
      const order = orders[path];
      return order ? order(body) : Promise.reject(new Error(`no order ${path}`));
    },
  );
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ event: 'LISTENING', port })}\n`);
  });
};
