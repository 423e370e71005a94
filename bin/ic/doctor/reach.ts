import { lookup } from 'node:dns/promises'
import { connect } from 'node:tls'
import { refusedAddress } from '../../../bridge/notify/webhook/address.ts'
import { type Check, fail, ok, warn } from './check.ts'

/** How long a handshake with somebody else's host may take. */
const HANDSHAKE_MS = 5_000

export interface Target {
  /** `endpoint remediation`, `target pager`, `source prometheus`. */
  name: string
  url: string
}

/**
 * How an address of the catalogue is reached from the edge, and whether it is: a public name with a public certificate, or
 * not at all. Only a TLS handshake is made, and nothing is sent. `local`: the instance runs in local mode, where its own
 * machine is allowed too.
 */
export async function reach(
  { name, url }: Target,
  { local, probe }: { local: boolean; probe: boolean },
): Promise<Check> {
  const refused = refusedAddress(url, { loopback: local })
  if (refused !== null)
    return fail(
      name,
      `${url}: ${refused}; the allow-list takes https to public names${local ? ' and this machine' : ''}`,
      'Give it a public name with a public certificate, or put a tunnel before it and name that in the catalogue.',
    )
  const { hostname, port, protocol } = new URL(url)
  if (isLoopback(hostname)) return ok(name, `${url}: this machine, which local mode alone allows`)
  if (!probe) return ok(name, `${url}: a public name, not looked up`)
  const addresses = await addressesOf(hostname)
  if (addresses.length === 0)
    return fail(name, `${hostname} has no address`, 'Look at its DNS, or at the name in the catalogue.')
  const hidden = addresses.find(
    (address) => refusedAddress(`https://${bracketed(address)}/`, { loopback: false }) !== null,
  )
  if (hidden !== undefined)
    return fail(
      name,
      `${hostname} is ${hidden}, a private address that the edge cannot reach`,
      'Put a tunnel before it (cloudflared gives it a public name) and name that in the catalogue.',
    )
  const failure = protocol === 'https:' ? await handshake(hostname, Number(port) || 443) : null
  return failure === null
    ? ok(name, `${hostname}: a public name with a public certificate`)
    : warn(
        name,
        `${hostname}: ${failure}`,
        'From here the handshake fails; look at its certificate and at your network.',
      )
}

async function addressesOf(hostname: string): Promise<string[]> {
  try {
    const name = hostname.replace(/^\[|\]$/g, '')
    return (await lookup(name, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}

/** Null when the certificate holds for that name, else why it does not. */
function handshake(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername: host.replace(/^\[|\]$/g, ''), timeout: HANDSHAKE_MS })
    const end = (answer: string | null) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('secureConnect', () => end(null))
    socket.once('timeout', () => end('no answer in time'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}

function isLoopback(hostname: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
