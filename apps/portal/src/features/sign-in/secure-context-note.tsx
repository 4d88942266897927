'use client';

import { useEffect, useState } from 'react';

/** `__Host-` cookies are not kept on plain http elsewhere than localhost, so the page says so (architecture §1). */
export function SecureContextNote({ title, sentence }: { title: string; sentence: string }) {
  const [secure, setSecure] = useState(true);
  useEffect(() => setSecure(isSecureContext), []);
  if (secure) return null;
  return (
    <div role="alert" className="mb-4 rounded-md bg-warn-soft px-4 py-3">
      <p className="font-medium text-warn">{title}</p>
      <p className="text-sm">{sentence}</p>
    </div>
  );
}
