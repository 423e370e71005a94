import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Service, Tier } from './model.ts'
import { SERVED } from './services.ts'
import { structuralServices } from './structure.ts'

/** AWS's published models and signing vectors: where IC_AWS_MODELS says, else beside the checkout, if at all. */
const SHARED = process.env['IC_AWS_MODELS'] ?? join(import.meta.dirname, '../../../../shared/aws-models')

export function hasModels(): boolean {
  return existsSync(join(SHARED, 'sts.service-2.json'))
}

/** The best tier that this checkout has: every constraint where AWS's models lie beside it, else the structure. */
export async function servicesOf(tier: Tier | 'best'): Promise<Service[]> {
  if (tier === 'structural' || (tier === 'best' && !hasModels())) return structuralServices()
  return SERVED.map(({ name }) => {
    const service: Service = { ...(readShared(`${name}.service-2.json`) as Service), tier: 'full' }
    // Unions in AWS's packages and in AWS itself; the published form does not say so of these two.
    for (const [shapeName, shape] of Object.entries(service.shapes))
      if (shape.eventstream || (name === 'dynamodb' && shapeName === 'AttributeValue')) shape.union = true
    return service
  })
}

/** Throws where the file is not there: ask `hasModels` first. */
export function readShared(name: string): unknown {
  return JSON.parse(readFileSync(join(SHARED, name), 'utf8'))
}

/** Skips the test, and says why, where the tier needs the models and they are not beside this checkout. */
export function needTier(context: { skip: (reason?: string) => void }, tier: Tier): void {
  if (tier === 'full' && !hasModels()) context.skip("AWS's published models are not beside this checkout")
}
