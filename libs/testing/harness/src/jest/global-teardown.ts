/** Stops what global-setup.ts started, broker before database, and removes their data. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.frontdeskTestServers?.[Symbol.asyncDispose]();
}
