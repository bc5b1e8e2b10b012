import { runService } from '@frontdesk/runtime';
import { loadConfig } from './config';
import { PublicRouter } from './router';

const NAME = 'public-router';

void runService(NAME, async () => {
  const router = await PublicRouter.listen(loadConfig(process.env));
  console.log(JSON.stringify({ event: 'LISTENING', service: NAME, port: router.port }));
  return router;
});
