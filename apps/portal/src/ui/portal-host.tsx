'use client';

import { createContext, useContext } from 'react';

const PortalHostContext = createContext<HTMLElement | null>(null);

/** Layers below it are put into `host`: in full screen nothing outside the full-screen element is drawn. */
export const PortalHost = PortalHostContext.Provider;

/** Where menus, captions and dialogs go; undefined is the page's body. */
export function usePortalHost(): HTMLElement | undefined {
  return useContext(PortalHostContext) ?? undefined;
}
