export const THEME_COOKIE = 'porthole_theme';
export const DENSITY_COOKIE = 'porthole_density';
export const LETTERS_COOKIE = 'porthole_letters';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];
/** Whether keys without a modifier do something: who dictates to their computer turns them off (design §5). */
export const LETTERS = ['on', 'off'] as const;
export type Letters = (typeof LETTERS)[number];

const YEAR_S = 31_536_000;

export function readTheme(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}

export function readDensity(value: string | undefined): Density {
  return DENSITIES.find((density) => density === value) ?? 'comfortable';
}

export function readLetters(value: string | undefined): Letters {
  return LETTERS.find((letters) => letters === value) ?? 'on';
}

/** Turns the page at once and keeps the choice for the next one. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  keep(THEME_COOKIE, theme);
}

export function applyDensity(density: Density): void {
  if (density === 'comfortable') delete document.documentElement.dataset.density;
  else document.documentElement.dataset.density = density;
  keep(DENSITY_COOKIE, density);
}

export function applyLetters(letters: Letters): void {
  if (letters === 'on') delete document.documentElement.dataset.letters;
  else document.documentElement.dataset.letters = letters;
  keep(LETTERS_COOKIE, letters);
}

function keep(name: string, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and Safari below 18.4
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax`;
}
