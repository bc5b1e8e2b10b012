import { runMain } from '@frontdesk/runtime';
import { loadConfig, settings } from './config';
import { PublicRouter } from './router';

const NAME = 'public-router';

void runMain({
  name: NAME,
  settings,
  start: async () => {
    const router = await PublicRouter.listen(loadConfig(process.env));
    console.log(JSON.stringify({ event: 'LISTENING', service: NAME, port: router.port }));
    return router;
  },
});
