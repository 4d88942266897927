// Loaded into an app of a stack that has a name server of its own (node --import): texts of DNS are asked of that one.
import { setServers } from 'node:dns/promises';

setServers([process.env.PORTHOLE_LAUNCHER_NAME_SERVER]);
