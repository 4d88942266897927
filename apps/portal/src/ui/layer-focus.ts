'use client';

import { type SyntheticEvent, useRef } from 'react';

const FIRST_FIELD = 'input:not([type="radio"], [type="checkbox"]), textarea';

interface LayerFocus {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

/**
 * Where the focus goes as a layer over the page opens, and back to its opener as it closes. Radix gives it back only to a
 * trigger of its own, and ours open from rows, keys and menus: without this it is lost to the page's top.
 *
 * @param first what gets the focus; null leaves it to Radix, which takes the first control
 */
export function useLayerFocus(first: (layer: HTMLElement) => HTMLElement | null): LayerFocus {
  const opener = useRef<HTMLElement | null>(null);
  return {
    onOpenAutoFocus: (event) => {
      opener.current = openerOf(document.activeElement);
      const wanted = event.target instanceof HTMLElement ? first(event.target) : null;
      if (wanted === null) return;
      event.preventDefault();
      wanted.focus();
    },
    onCloseAutoFocus: (event) => {
      event.preventDefault();
      opener.current?.focus();
    },
  };
}

/** A form starts in its first field, unless that brings a keyboard over the screen before anything was read. */
export function firstField(layer: HTMLElement): HTMLElement | null {
  return matchMedia('(pointer: coarse)').matches ? null : layer.querySelector<HTMLElement>(FIRST_FIELD);
}

/** After a form was sent in vain: to the first field that isn't right, once its error stands there (design §8). */
export function focusFirstWrong(event: SyntheticEvent<HTMLElement>): void {
  const form = event.currentTarget;
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}

/** A menu is gone when its layer closes: then its button is the opener. */
function openerOf(active: Element | null): HTMLElement | null {
  const button = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby');
  const opener = button == null ? active : document.getElementById(button);
  return opener instanceof HTMLElement ? opener : null;
}
