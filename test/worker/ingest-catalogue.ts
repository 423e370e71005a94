import sample from '../../durable/directory/catalogue.json'
import type { Catalogue, Source } from '../../durable/protocol/domain.ts'
import { api, json } from './api.ts'

/**
 * Puts sources beside those of the shipped catalogue. To be called before anything else of a test file: an isolate
 * remembers the sources for a second.
 */
export async function withSources(...sources: Omit<Source, 'title' | 'freshMs'>[]): Promise<void> {
  const catalogue = sample as unknown as Catalogue
  const more = sources.map((source): Source => ({ title: source.name, freshMs: 60_000, ...source }))
  const body = { ...catalogue, version: `tested-${more.length}`, sources: [...catalogue.sources, ...more] }
  await json(await api('/api/v1/catalogue', { method: 'PUT', token: 'dev@admin', body }))
}
