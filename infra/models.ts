import { MODELS } from '../bridge/catalog.ts'

/** A model of the bridge's catalogue, as IAM must be told of it. */
export interface Asked {
  /** the inference profile, or the bare model where it is asked without one. */
  id: string
  /** the foundation model behind it. */
  model: string
  /** the regions that the profile may send it to, as a pattern of an ARN; null: it is no profile, only the stack's own. */
  regions: string | null
}

/** What the part before the first dot says of a profile's regions. `*` also fits the ARN without a region. */
const REGIONS: Readonly<Record<string, string>> = { us: 'us-*', eu: 'eu-*', global: '*' }

/** The models that the ai function may ask for text: those of the catalogue that had not ended when it was written. */
export const TEXT_MODELS: readonly Asked[] = asked((outputTokensMax) => outputTokensMax > 0)

/** Those that give vectors: they say nothing, so that no guardrail can be asked of them. */
export const VECTOR_MODELS: readonly Asked[] = asked((outputTokensMax) => outputTokensMax === 0)

function asked(fits: (outputTokensMax: number) => boolean): Asked[] {
  return MODELS.filter(({ eol, asOf, outputTokensMax }) => (eol === null || eol > asOf) && fits(outputTokensMax)).map(
    ({ id }) => {
      const [prefix = '', ...rest] = id.split('.')
      const regions = REGIONS[prefix]
      return regions === undefined ? { id, model: id, regions: null } : { id, model: rest.join('.'), regions }
    },
  )
}
