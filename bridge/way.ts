import { mayAsk } from './address.ts'

/** Something that takes requests: the net, or a tunnel's or private network's binding. */
export type Transport = (input: Request | string, init?: RequestInit) => Promise<Response>

/** Why an address of the catalogue is not asked from here. */
export type NoWay = 'binding-missing' | 'address-not-allowed'

/** How an address of the catalogue is reached: over the net, on the developer's own, through a binding, or not at all. */
export type Way = { ok: true; by: 'public' | 'local' | 'binding'; fetch: Transport } | { ok: false; reason: NoWay }

export interface Surroundings {
  /** what this Worker is bound to, by name. */
  bindings: Readonly<Record<string, unknown>>
  /** local mode: the network is the developer's, and anything on it may be asked. */
  local: boolean
}

/**
 * The way to an address. One that names a binding goes through that binding and nowhere else: where the Worker has none of
 * that name there is no way, for on the public net the name may be somebody else's. Without a binding the address itself
 * must be allowed. Callers follow no redirect: it would lead where the catalogue names nothing.
 */
export function wayTo(
  { url, binding }: { url: string; binding?: string | undefined },
  { bindings, local }: Surroundings,
): Way {
  if (binding !== undefined) {
    const bound = Object.hasOwn(bindings, binding) ? bindings[binding] : undefined
    if (!takesRequests(bound)) return { ok: false, reason: 'binding-missing' }
    // The name need not be public there, but it is http and carries no user.
    if (!mayAsk(url, true)) return { ok: false, reason: 'address-not-allowed' }
    return { ok: true, by: 'binding', fetch: (input, init) => bound.fetch(input, init) }
  }
  if (!mayAsk(url, local)) return { ok: false, reason: 'address-not-allowed' }
  return { ok: true, by: mayAsk(url, false) ? 'public' : 'local', fetch: (input, init) => fetch(input, init) }
}

function takesRequests(bound: unknown): bound is { fetch: Transport } {
  return typeof bound === 'object' && bound !== null && 'fetch' in bound && typeof bound.fetch === 'function'
}
