import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** What a machine may lack, and how to see that it has it. */
const NEEDS: Record<string, () => boolean> = {
  chromium: () => existsSync('/usr/bin/chromium'),
  prometheus: () =>
    ['prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter'].every((name) =>
      existsSync(`/usr/bin/${name}`),
    ),
  collectd: () => existsSync('/usr/sbin/collectd') && existsSync('/usr/lib/collectd/write_http.so'),
  'syslog-ng': () => existsSync('/usr/sbin/syslog-ng') && existsSync('/usr/lib/syslog-ng/3.38/libhttp.so'),
  openssl: () => existsSync('/usr/bin/openssl'),
  netns: () =>
    spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0 &&
    spawnSync('strace', ['-V']).status === 0,
}

/**
 * Skips the test, with the reason, where the machine lacks something; throws where IC_REQUIRE (comma-separated) names
 * that thing. A name that nobody knows is lacking everywhere.
 */
export function need(context: { skip: (reason?: string) => void }, name: string): void {
  if (NEEDS[name]?.() === true) return
  const required = (process.env['IC_REQUIRE'] ?? '').split(',')
  if (required.includes(name)) throw new Error(`${name} is required here (IC_REQUIRE) and missing`)
  context.skip(`${name} is not on this machine`)
}
