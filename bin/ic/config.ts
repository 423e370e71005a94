import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError, EXIT, usage } from './exit.ts'
import { readText } from './stdin.ts'

/** Where `npm start` answers. */
const LOCAL_URL = 'http://127.0.0.1:8787'
/** Local mode's person. */
const LOCAL_TOKEN = 'dev'
const PROJECT_FILE = '.ic.json'
const TOKEN_CHARS_MAX = 8_192

type From = 'flag' | 'environment' | 'project' | 'user' | 'default'

export interface Settings {
  url: string
  urlFrom: From
  token: string
  tokenFrom: From
  /** things that a person should mend; said by `doctor` and once by every command. */
  warnings: string[]
}

export interface Asked {
  url?: string
  tokenFile?: string
}

/**
 * Where to ask and as whom: flags, then environment, then the project's `.ic.json`, then the user's configuration. A
 * project file comes with a checkout, so it names no token, and no token of the environment follows it to a host that the
 * user never named.
 */
export function settingsOf(asked: Asked, env: NodeJS.ProcessEnv = process.env, cwd = process.cwd()): Settings {
  const warnings: string[] = []
  const user = readConfig(join(configFolder(env), 'config.json'))
  const project = projectFile(cwd)
  const [url, urlFrom] = first<string>([
    [asked.url, 'flag'],
    [env['IC_URL'], 'environment'],
    [project && urlIn(project), 'project'],
    [urlIn(user), 'user'],
    [LOCAL_URL, 'default'],
  ])
  const origin = originOf(url)
  const tokens = readTokens(env, warnings)
  const stored = tokens.get(origin)
  const [token, tokenFrom] = first<string>([
    [asked.tokenFile === undefined ? undefined : tokenFile(asked.tokenFile, warnings), 'flag'],
    [env['IC_TOKEN'], 'environment'],
    [env['IC_TOKEN_FILE'] === undefined ? undefined : tokenFile(env['IC_TOKEN_FILE'], warnings), 'environment'],
    [stored, 'user'],
    [isLoopback(origin) ? LOCAL_TOKEN : undefined, 'default'],
    ['', 'default'],
  ])
  const known = stored !== undefined || originOrNull(urlIn(user)) === origin || isLoopback(origin)
  if (urlFrom === 'project' && !known && token !== '')
    throw usage(
      `${PROJECT_FILE} of this project names ${origin}, which you never named yourself: no token is sent there`,
      `Say so with --url ${origin} or IC_URL.`,
    )
  return { url: origin, urlFrom, token, tokenFrom, warnings }
}

/** Keeps a token for an instance, readable by its user alone, and makes that instance the user's own. */
export function keepToken(url: string, token: string, env: NodeJS.ProcessEnv = process.env): string {
  const folder = configFolder(env)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const tokens = readTokens(env, [])
  tokens.set(originOf(url), token)
  const path = join(folder, 'tokens.json')
  write(path, Object.fromEntries(tokens))
  write(join(folder, 'config.json'), { ...readConfig(join(folder, 'config.json')), url: originOf(url) })
  return path
}

/** `$XDG_CONFIG_HOME/ic`, else `~/.config/ic`. */
export function configFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CONFIG_HOME']
  // The specification asks to ignore what is not absolute.
  return join(base?.startsWith('/') ? base : join(env['HOME'] ?? homedir(), '.config'), 'ic')
}

function first<T>(candidates: readonly (readonly [T | undefined | null, From])[]): [T, From] {
  for (const [value, from] of candidates) if (value != null) return [value, from]
  throw new Error('the last candidate stands always')
}

function originOf(url: string): string {
  const origin = originOrNull(url)
  if (origin === null) throw usage(`${url} is no address of an instance`, 'It looks like https://ic.example.')
  const { protocol, hostname, pathname, search, username } = new URL(url)
  if (username !== '') throw usage('an address carries no user and no password')
  if (protocol === 'http:' && !isLoopbackName(hostname))
    throw usage(`${origin} would carry the token unencrypted`, 'Use https, or http on loopback.')
  if (pathname !== '/' || search !== '') throw usage(`${url}: an instance is named by its origin alone: ${origin}`)
  return origin
}

function originOrNull(url: string | undefined): string | null {
  const parsed = url === undefined ? null : URL.parse(url)
  return parsed && (parsed.protocol === 'https:' || parsed.protocol === 'http:') ? parsed.origin : null
}

function isLoopback(origin: string): boolean {
  return isLoopbackName(new URL(origin).hostname)
}

function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name)
}

type Config = Record<string, unknown>

function urlIn(config: Config): string | undefined {
  return typeof config['url'] === 'string' ? config['url'] : undefined
}

function projectFile(cwd: string): Config | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, PROJECT_FILE)
    if (existsSync(path)) {
      const config = readConfig(path)
      const other = Object.keys(config).find((name) => name !== 'url')
      if (other !== undefined) throw usage(`${path}: ${other} has no place in a project's file; it names a url alone`)
      return config
    }
    if (dirname(folder) === folder) return null
  }
}

function readConfig(path: string): Config {
  if (!existsSync(path)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Config
  } catch {
    // Said below, like any other content that is none.
  }
  throw new CliError(EXIT.error, 'bad-config', `${path} is not a JSON object`)
}

function readTokens(env: NodeJS.ProcessEnv, warnings: string[]): Map<string, string> {
  const path = join(configFolder(env), 'tokens.json')
  if (existsSync(path)) warnWhereOthersRead(path, warnings)
  const entries = Object.entries(readConfig(path)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return new Map(entries)
}

function tokenFile(path: string, warnings: string[]): string {
  const token = readText(path, 'the token').trim()
  if (path !== '-') warnWhereOthersRead(path, warnings)
  if (token === '' || token.length > TOKEN_CHARS_MAX || !/^[\x20-\x7e]+$/.test(token))
    throw new CliError(EXIT.auth, 'bad-token', `${path === '-' ? 'stdin' : path} holds no token`)
  return token
}

function warnWhereOthersRead(path: string, warnings: string[]): void {
  if ((statSync(path).mode & 0o077) !== 0) warnings.push(`${path} can be read by others: chmod 600 ${path}`)
}

/** Written beside and swapped in, so that a full disk leaves the old one. */
function write(path: string, value: object): void {
  const fresh = `${path}.${process.pid}`
  writeFileSync(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 })
  chmodSync(fresh, 0o600)
  renameSync(fresh, path)
}
