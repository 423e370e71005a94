import { expect, test } from 'vitest'
import { nodeCrypto } from '../../bridge/ed25519.ts'
import { AGENTS, type AgentKey } from '../../durable/protocol/domain.ts'
import { fromBase64Url } from '../../durable/protocol/signed.ts'
import { KEYS } from './addresses.ts'
import { api, json } from './api.ts'

test('[CN71] the public keys are there for anybody, may be kept, and hold no other member', async () => {
  const answer = await api(KEYS, { token: null })
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=300'])
  const { instance, keys } = await json<{ instance: string; keys: AgentKey[] }>(answer)
  expect(keys.map(({ agent }) => agent).sort()).toEqual([...AGENTS].sort())
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(['agent', 'id', 'instance', 'publicKey', 'since'])
    expect(key.instance).toBe(instance)
    const raw = fromBase64Url(key.publicKey)
    expect(raw).toHaveLength(32)
    expect(raw && (await nodeCrypto.sha256Hex(raw)).slice(0, 16)).toBe(key.id)
  }
  expect(await json(await api(KEYS, { token: null }))).toEqual({ instance, keys })
})
