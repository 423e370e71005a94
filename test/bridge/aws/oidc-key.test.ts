import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { KEY_OVERLAP_MS, readKeys } from '../../../bridge/issuer.ts'

function make(args: string[], input = ''): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/oidc-key.ts', ...args], {
    input,
    encoding: 'utf8',
  })
  return { status, out: stdout, err: stderr }
}

test('[SE112] npm run oidc:key prints a set for the secret; given it, the set with the next key; no part of a key is said beside it', () => {
  const first = make([])
  const one = readKeys(first.out)
  expect([first.status, one?.length]).toEqual([0, 1])
  const second = make(['-'], first.out)
  const two = readKeys(second.out)
  expect(two?.[0]).toEqual(one?.[0])
  expect((two?.[1]?.from ?? 0) - (one?.[0]?.from ?? 0)).toBeGreaterThanOrEqual(KEY_OVERLAP_MS)
  for (const { d, p, n } of two ?? []) for (const part of [d, p, n]) expect(second.err).not.toContain(part)
  const bad = make(['-'], '{"keys":[]}')
  expect([bad.status, bad.out]).toEqual([2, ''])
})
