import { lookup } from 'node:dns/promises'
import { connect } from 'node:tls'
import { refusedAddress } from '../../../bridge/notify/webhook/address.ts'
import type { ReachRow } from '../../../durable/protocol/catalogue.ts'
import { type Check, fail, ok, warn } from './check.ts'

/** How long a handshake with somebody else's host may take. */
const HANDSHAKE_MS = 5_000

/**
 * How the instance reaches an address of its catalogue, by its own word; for a public one that is looked at from here too:
 * where the name leads, and a TLS handshake. Nothing is sent.
 */
export async function reach({ kind, name, url, binding, way, reason }: ReachRow, probe: boolean): Promise<Check> {
  const label = `${kind} ${name}`
  if (way === 'refused') return refused(label, url, binding ?? '', reason)
  if (way === 'binding') return ok(label, `${url}: through the binding ${binding ?? ''}, a tunnel or private network`)
  if (way === 'local') return ok(label, `${url}: this machine or its network, which local mode alone asks`)
  return probe ? lookAt(label, url) : ok(label, `${url}: a public name, not looked up`)
}

function refused(label: string, url: string, binding: string, reason: string): Check {
  if (reason === 'binding-missing')
    return fail(
      label,
      `${url}: ${reason}, this Worker has no binding ${binding}; nothing is sent elsewhere instead`,
      `Bind the tunnel or private network as ${binding} in wrangler.toml and deploy, or name another in the catalogue.`,
    )
  return fail(
    label,
    `${url}: ${reason}; without a binding only https to public names is asked`,
    'Give it a public name with a public certificate, or name the binding of a tunnel or private network (`binding`).',
  )
}

async function lookAt(label: string, url: string): Promise<Check> {
  const { hostname, port, protocol } = new URL(url)
  const addresses = await addressesOf(hostname)
  if (addresses.length === 0)
    return fail(label, `${hostname} has no address`, 'Look at its DNS, or at the name in the catalogue.')
  const hidden = addresses.find(
    (address) => refusedAddress(`https://${bracketed(address)}/`, { loopback: false }) !== null,
  )
  if (hidden !== undefined)
    return fail(
      label,
      `${hostname} is ${hidden}, a private address that the edge cannot reach`,
      'Reach it through the binding of a tunnel or private network, and name that in the catalogue (`binding`).',
    )
  const failure = protocol === 'https:' ? await handshake(hostname, Number(port) || 443) : null
  return failure === null
    ? ok(label, `${hostname}: a public name with a public certificate`)
    : warn(
        label,
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

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
