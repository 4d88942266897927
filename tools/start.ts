// npm start [-- --reset] [--port N]: the whole product on this machine, with a demo in it.
import { runInForeground } from './stack/run-in-foreground.ts';

await runInForeground({ dev: false });
