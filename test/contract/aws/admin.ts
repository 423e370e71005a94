import type { ServerResponse } from 'node:http'
import type { Fake } from './server.ts'
import type { WireRequest } from './wire.ts'

/**
 * The fake's own JSON API, for tests that run where no server can be started and no function be passed: `PUT script`,
 * `GET` and `DELETE calls`, and `POST worlds`, another fake of the same kind for one test file alone.
 */
export async function admin(
  fake: Fake,
  request: WireRequest,
  response: ServerResponse,
  another: () => Promise<Fake | null>,
): Promise<void> {
  const say = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  switch (`${request.method} ${request.target}`) {
    case 'PUT /__fake/script': {
      const problems = fake.tryScript(parse(request.body.toString('utf8')))
      say(problems.length === 0 ? 200 : 422, { problems })
      return
    }
    case 'GET /__fake/calls':
      say(200, { tier: fake.tier, calls: fake.calls() })
      return
    case 'DELETE /__fake/calls':
      fake.forget()
      say(200, {})
      return
    case 'POST /__fake/worlds': {
      const world = await another()
      if (!world) say(429, { error: 'no more worlds' })
      else {
        const { url, tier, region, credentials } = world
        say(201, { url, tier, region, credentials })
      }
      return
    }
    default:
      say(404, { error: 'the fake has no such address' })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
