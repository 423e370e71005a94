import type { StoryVariant } from '../scenario.ts'

/** A story with other data. Each changes as little as it needs to. */
export interface Variant<S> {
  title: string
  change(settings: S): S
}

export function listed<S>(variants: Record<string, Variant<S>>): StoryVariant[] {
  return Object.entries(variants).map(([name, { title }]) => ({ name, title }))
}

/** The settings under a variant. Throws on one that the story does not have, whatever its name. */
export function varied<S>(story: string, variants: Record<string, Variant<S>>, settings: S, variant: string | null): S {
  if (variant === null) return settings
  const found = Object.hasOwn(variants, variant) ? variants[variant] : undefined
  if (found === undefined) throw new Error(`${story} has no variant ${variant}`)
  return found.change(settings)
}
