import { expect, test } from 'vitest'
import { type IssuerKey, KEY_OVERLAP_MS, newKey } from '../../bridge/issuer.ts'
import { ISSUER } from './addresses.ts'
import { api, json, problem } from './api.ts'
import { adminToken, ask, deployed } from './deployed.ts'

const SITE = 'https://ic.example.com'
const NOW = newKey(0)
const NEXT = newKey(Date.now() + KEY_OVERLAP_MS)

/** A deployment that somebody set up and that issues tokens. */
async function issuing(settings: { IC_ISSUER?: string; IC_ISSUER_KEYS?: string }) {
  await adminToken()
  return deployed(settings)
}

test('[SE110] discovery and keys are there for anybody, say what IAM reads, and hold public halves alone', async () => {
  const env = await issuing({ IC_ISSUER: SITE, IC_ISSUER_KEYS: JSON.stringify({ keys: [NEXT, NOW] }) })
  const discovery = await ask(env, ISSUER[0] ?? '')
  expect(discovery.headers.get('cache-control')).toBe('public, max-age=3600')
  expect(await json(discovery)).toEqual({
    issuer: SITE,
    jwks_uri: `${SITE}${ISSUER[1]}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['iss', 'aud', 'sub', 'iat', 'exp', 'jti'],
  })
  const { keys } = await json<{ keys: IssuerKey[] }>(await ask(env, ISSUER[1] ?? ''))
  expect(keys).toEqual([NOW, NEXT].map(({ kid, n, e }) => ({ kty: 'RSA', use: 'sig', alg: 'RS256', kid, n, e })))
})

test('[SE110] without an issuer there is nothing, and a faulty one is said to be faulty without its value', async () => {
  for (const path of ISSUER) {
    await problem(await api(path, { token: null }), 404, 'issuer-not-configured')
    for (const settings of [
      { IC_ISSUER: `${SITE}:8443`, IC_ISSUER_KEYS: JSON.stringify({ keys: [NOW] }) },
      { IC_ISSUER: SITE },
      { IC_ISSUER: SITE, IC_ISSUER_KEYS: '{"keys":[{"kty":"RSA","d":"CANARY"}]}' },
    ]) {
      const said = await problem(await ask(await issuing(settings), path), 503, 'issuer-misconfigured')
      expect(JSON.stringify(said)).not.toContain('CANARY')
    }
  }
})
