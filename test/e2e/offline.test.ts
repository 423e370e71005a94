import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { need } from './need.ts'
import { ROOT, removeFolder, tempFolder } from './server.ts'

const OFFLINE_MS_MAX = 280_000

test('[GR9] with no network but loopback a whole drill runs, and nothing even tries to reach further', (context) => {
  need(context, 'netns')
  const folder = tempFolder('offline')
  const trace = join(folder, 'connects')
  const program = `ip link set lo up && exec ${process.execPath} ${join(ROOT, 'test/e2e/offline.ts')} ${trace}`
  const played = spawnSync('unshare', ['--net', 'sh', '-c', program], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: OFFLINE_MS_MAX,
  })
  expect(played.stdout + played.stderr).toContain('ended: recovered')
  const reached = addressesIn(readFileSync(trace, 'utf8'))
  // The trace did see the product's own connections, so an empty list below means something.
  expect(reached).toContain('127.0.0.1')
  expect(reached.filter((address) => !isLoopback(address))).toEqual([])
  removeFolder(folder)
})

test('[GR9] the trace reader sees addresses beyond loopback', () => {
  const trace = `1 connect(3, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = 0
1 connect(3, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0
1 connect(3, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
1 connect(4, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1`
  expect(addressesIn(trace).filter((address) => !isLoopback(address))).toEqual(['192.0.2.1', '2001:db8::1'])
})

function addressesIn(trace: string): string[] {
  const found = trace.matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g)
  return [...found].map((match) => match[1] ?? match[2] ?? '')
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === '::ffff:127.0.0.1'
}
