import { expect, test } from 'vitest'
import { type Metadata, type Service, type Shape, membersOf } from './model.ts'
import { SERVED } from './services.ts'
import { needTier, servicesOf } from './tiers.ts'

test("[BD14] AWS's packages and AWS's published models agree: addresses, places of members, what is required, unions, errors", async (context) => {
  needTier(context, 'full')
  const [full, structural] = await Promise.all([servicesOf('full'), servicesOf('structural')])
  const newer: string[] = []
  let compared = 0
  for (const [index, published] of full.entries()) {
    const packaged = structural[index]
    if (!packaged) throw new Error('a tier lacks a service')
    expect(Object.keys(published.operations).sort()).toEqual(Object.keys(packaged.operations).sort())
    for (const [name, operation] of Object.entries(published.operations)) {
      const other = packaged.operations[name]
      expect(addressOf(other), name).toEqual(addressOf(operation))
    }
    for (const [name, shape] of Object.entries(published.shapes)) {
      const other = packaged.shapes[name]
      if (!other || shape.type !== 'structure' || shape.document) continue
      compared += 1
      const places = placesOf(shape)
      expect(placesOf(other), name).toMatchObject(places)
      expect([...(other.required ?? [])].sort(), name).toEqual([...(shape.required ?? [])].sort())
      expect({ union: other.union ?? false, payload: other.payload }).toEqual({
        union: shape.union ?? false,
        payload: shape.payload,
      })
      if (shape.exception) expect(statusOf(other), name).toBe(statusOf(shape))
      newer.push(
        ...Object.keys(placesOf(other)).flatMap((member) =>
          places[member] === undefined ? [`${name}.${member}`] : [],
        ),
      )
    }
  }
  console.log(`${compared} structures compared; only in the packages: ${newer.join(', ')}`)
  expect(compared).toBeGreaterThan(400)

  function addressOf(operation: Service['operations'][string] | undefined) {
    const { http, input, output, authtype } = operation ?? {}
    return {
      method: http?.method,
      uri: http?.requestUri,
      input: input?.shape,
      wrapper: output?.resultWrapper,
      authtype,
    }
  }
})

test('[BD14] what the structural tier adds by hand is what AWS publishes', async (context) => {
  needTier(context, 'full')
  const published = await servicesOf('full')
  expect(published.map(({ metadata }) => factsOf(metadata))).toEqual(SERVED.map(({ metadata }) => factsOf(metadata)))
  expect(published.map(({ operations }) => Object.keys(operations))).toEqual(
    SERVED.map(({ operations }) => [...operations]),
  )
})

/** Where each member travels: the same in both tiers, whatever else a newer package adds. */
function placesOf(shape: Shape): Record<string, string> {
  return Object.fromEntries(
    membersOf(shape).map(([name, { location, locationName }]) => [
      name,
      location === undefined ? 'body' : `${location} ${(locationName ?? name).toLowerCase()}`,
    ]),
  )
}

function statusOf({ error, fault }: Shape): number {
  return error?.httpStatusCode ?? (fault ? 500 : 400)
}

function factsOf({
  protocol,
  endpointPrefix,
  apiVersion,
  signingName,
  targetPrefix,
  xmlNamespace,
  jsonVersion,
}: Metadata) {
  const version = protocol === 'json' ? jsonVersion : undefined
  return {
    protocol,
    endpointPrefix,
    apiVersion,
    name: signingName ?? endpointPrefix,
    targetPrefix,
    xmlNamespace,
    version,
  }
}
