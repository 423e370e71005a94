import { createEffect, createSignal } from 'solid-js'
import { remember, remembered } from '../room/person.ts'

export type Theme = 'system' | 'light' | 'dark'
const KEY = 'ic.theme'
const ORDER: readonly Theme[] = ['system', 'light', 'dark']

function first(): Theme {
  return ORDER.find((theme) => theme === remembered(KEY)) ?? 'system'
}

const [theme, setTheme] = createSignal<Theme>(first())

export { theme }

export function nextTheme(): void {
  const next = ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length] ?? 'system'
  remember(KEY, next)
  setTheme(next)
}

/** A class on the root overrides the system's colour scheme. */
export function wearTheme(): void {
  createEffect(() => {
    document.documentElement.classList.toggle('light', theme() === 'light')
    document.documentElement.classList.toggle('dark', theme() === 'dark')
  })
}

/** Calls back when the colours on screen may have changed. */
export function onSystemTheme(act: () => void): () => void {
  const query = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null
  query?.addEventListener('change', act)
  return () => query?.removeEventListener('change', act)
}

export function prefersReducedMotion(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches
}
