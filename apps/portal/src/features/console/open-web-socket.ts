import type { SocketLike } from './console-channel.ts';
import type { SocketListener } from './console-socket.ts';

/** Opens a real WebSocket on the page's own origin. */
export function openWebSocket(path: string, protocols: string[], listener: SocketListener): SocketLike {
  const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + path, protocols);
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }) => listener.message(data);
  socket.onclose = ({ code, reason }) => listener.closed(code, reason);
  return socket;
}
