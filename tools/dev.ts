// npm run dev [-- --reset] [--port N]: as npm start, from sources, reloaded when they change.
import { runInForeground } from './stack/run-in-foreground.ts';

await runInForeground({ dev: true });
