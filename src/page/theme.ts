/**
 * Light or dark: the system's, until the reader says otherwise. What was said is kept where the browser lets us.
 * @module
 */

const KEY = 'xen-preflight-theme'

const kept = (): string | null => {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

const keep = (theme: string) => {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // A browser that keeps nothing for files still shows the theme that was asked for.
  }
}

export function startTheme(toggle: HTMLButtonElement): void {
  const root = document.documentElement
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark'
  const update = () => toggle.setAttribute('aria-pressed', String(isDark()))
  const theme = kept()
  if (theme === 'dark' || theme === 'light') root.dataset.theme = theme
  system.addEventListener('change', update)
  toggle.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    keep(root.dataset.theme)
    update()
  })
  update()
}
