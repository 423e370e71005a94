import type * as z from 'zod/mini'
import type { Role } from '../../durable/protocol/domain.ts'

/** Who may come: anybody; a sender with a source's token (or a signature); a person of a role and above; the init token. */
export type Who = 'anyone' | 'sender' | 'init' | Role

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'

/** One good answer: what it means, the shape of its JSON, or its own content type. */
export interface Answer {
  says: string
  schema?: z.ZodMiniType
  /** content types; `application/json` where a schema is given and nothing else is said. */
  types?: readonly string[]
}

export interface Body {
  /** what validates it here; left out where a foreign format is read by a parser of its own. */
  schema?: z.ZodMiniType
  says?: string
  types?: readonly string[]
  optional?: true
}

/** One row of the contract: an address as the map has it, and everything that may be asked and answered there. */
export interface Operation {
  method: Method
  /** as the map writes it: `/api/v1/incidents/:id`. */
  path: string
  who: Who
  summary: string
  tag: string
  query?: z.ZodMiniType
  body?: Body
  answers: Readonly<Record<number, Answer>>
  /** codes of problems that are this address's own; what follows from `who`, `query` and `body` is added. */
  codes: readonly string[]
}

type Rest = Omit<Operation, 'method' | 'path' | 'who' | 'summary' | 'tag' | 'codes'> & { codes?: readonly string[] }

/** Rows of one chapter of the document. */
export function chapter(
  tag: string,
): (route: `${Method} /${string}`, who: Who, summary: string, rest: Rest) => Operation {
  return (route, who, summary, rest) => {
    const [method = '', path = ''] = route.split(' ')
    return { method: method as Method, path, who, summary, tag, codes: [], ...rest }
  }
}
