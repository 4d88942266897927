import { useEffect, useState, useSyncExternalStore } from 'react';

function listen(changed: () => void): () => void {
  window.addEventListener('online', changed);
  window.addEventListener('offline', changed);
  return () => {
    window.removeEventListener('online', changed);
    window.removeEventListener('offline', changed);
  };
}

/** Whether the browser has any network at all. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    listen,
    () => navigator.onLine,
    () => true,
  );
}

/** Since when the browser has no network: what the page shows is of that moment. Null while it has. */
export function useOfflineSince(): Date | null {
  const online = useOnline();
  const [since, setSince] = useState<Date | null>(null);
  useEffect(() => setSince(online ? null : new Date()), [online]);
  return since;
}
