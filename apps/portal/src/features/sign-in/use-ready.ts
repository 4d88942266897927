import { useEffect, useState } from 'react';

/**
 * Whether this page's script runs yet. Before it does a form would be sent by the browser itself, and a form without a
 * method puts what was typed into the address: so it is none that sends, and its method is POST in any case.
 */
export function useReady(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return ready;
}
