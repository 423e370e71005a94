import { CODES } from './codes.ts'
import { codesOf, OPERATIONS } from './operations.ts'
import type { Operation } from './operation.ts'
import { openapi } from './document.ts'

const WHO: Record<Operation['who'], string> = {
  anyone: 'anyone',
  sender: 'a source',
  init: 'the init token',
  viewer: 'viewer',
  responder: 'responder',
  commander: 'commander',
  admin: 'admin',
}

let made: string | null = null

/** The contract as a page: plain HTML without a script, so that it reads anywhere and nothing in it can run. */
export function docsPage(): string {
  made ??= make()
  return made
}

function make(): string {
  const tags = [...new Set(OPERATIONS.map(({ tag }) => tag))]
  const { info } = openapi() as { info: { version: string; description: string } }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Incident Commander API ${safe(info.version)}</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><header><h1>Incident Commander <small>API ${safe(info.version)}</small></h1>
${info.description
  .split('\n\n')
  .map((part) => `<p>${inline(part)}</p>`)
  .join('\n')}
<p><a href="/openapi.json">openapi.json</a></p>
<nav aria-label="Chapters">${[...tags, 'Problem codes'].map((tag) => `<a href="#${anchor(tag)}">${safe(tag)}</a>`).join(' ')}</nav></header>
<main>${tags.map(chapter).join('\n')}
<section id="${anchor('Problem codes')}"><h2>Problem codes</h2><table><thead><tr><th>code</th><th>status</th><th>says</th></tr></thead><tbody>
${Object.entries(CODES)
  .map(
    ([code, { status, says }]) =>
      `<tr><td><code>${safe(code)}</code></td><td>${status}</td><td>${inline(says)}</td></tr>`,
  )
  .join('\n')}
</tbody></table></section></main></body></html>
`
}

function chapter(tag: string): string {
  const rows = OPERATIONS.filter((operation) => operation.tag === tag)
  return `<section id="${anchor(tag)}"><h2>${safe(tag)}</h2>${rows.map(entry).join('\n')}</section>`
}

function entry(operation: Operation): string {
  const { method, path, who, summary } = operation
  const { paths } = openapi() as { paths: Record<string, Record<string, Described>> }
  const told = paths[path.replaceAll(/:([a-z]+)/g, '{$1}')]?.[method.toLowerCase()]
  const answers = Object.entries(operation.answers).map(
    ([status, { says }]) => `<tr><td>${status}</td><td>${inline(says)}</td></tr>`,
  )
  return `<details><summary><b class="${method.toLowerCase()}">${method}</b> <code>${safe(path)}</code> <span>${safe(summary)}</span> <em>${WHO[who]}</em></summary>
${parameters(told?.parameters ?? [])}${body(told?.requestBody)}
<h3>Answers</h3><table><tbody>${answers.join('')}</tbody></table>
<h3>Problems</h3><p class="codes">${codesOf(operation)
    .map((code) => `<code>${safe(code)}</code>`)
    .join(' ')}</p></details>`
}

interface Described {
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: unknown }[]
  requestBody?: { description?: string; content: Record<string, { schema: object }> }
}

function parameters(all: NonNullable<Described['parameters']>): string {
  if (all.length === 0) return ''
  const rows = all.map(
    ({ name, in: place, required, description = '', schema }) =>
      `<tr><td><code>${safe(name)}</code></td><td>${place}${required ? ', required' : ''}</td><td>${safe(description)} <code>${safe(JSON.stringify(schema))}</code></td></tr>`,
  )
  return `<h3>Parameters</h3><table><tbody>${rows.join('')}</tbody></table>`
}

function body(request: Described['requestBody']): string {
  if (!request) return ''
  const [media] = Object.values(request.content)
  const schema = media && Object.keys(media.schema).length > 0 ? JSON.stringify(media.schema, null, 2) : ''
  const types = Object.keys(request.content).map((type) => `<code>${safe(type)}</code>`)
  return `<h3>Body</h3><p>${types.join(', ')} ${safe(request.description ?? '')}</p>${schema === '' ? '' : `<pre>${safe(schema)}</pre>`}`
}

function anchor(tag: string): string {
  return tag.toLowerCase().replaceAll(/[^a-z]+/g, '-')
}

/** Words with `code` in them. */
function inline(text: string): string {
  return safe(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function safe(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export const DOCS_STYLE = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1rem 6rem; font: 16px/1.5 system-ui, sans-serif; }
h1 small { font-weight: 400; opacity: .7; } h2 { margin: 2.5rem 0 .5rem; } h3 { margin: 1rem 0 .25rem; font-size: .875rem; }
nav { display: flex; flex-wrap: wrap; gap: 1rem; }
details { border-top: 1px solid var(--line); padding: .5rem 0; }
summary { cursor: pointer; display: flex; flex-wrap: wrap; gap: .5rem; align-items: baseline; }
summary b { min-width: 4.5rem; font: 600 .8125rem/1.5 ui-monospace, monospace; }
summary em { margin-left: auto; font-size: .8125rem; opacity: .75; font-style: normal; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; } td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
code, pre { font: .8125rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } pre { overflow: auto; max-height: 24rem; padding: .75rem; border: 1px solid var(--line); }
.codes code { display: inline-block; margin-right: .75rem; }
`
