import { isUndoKey } from '../../durable/protocol/action-request.ts'
import type { Action } from '../../durable/protocol/domain.ts'
import { readOrder } from '../../durable/stage/order.ts'
import type { Model } from '../../scenarios/scenario.ts'

/** What reached the story's action endpoint. */
export interface Carried {
  key: string
  undo: boolean
  action: Action
  applied: boolean
}

/** The story's action endpoint: believes what the stage's believes, and carries out on the model. */
export class Endpoint {
  readonly carried: Carried[] = []
  readonly secret = 'a secret of this drill'
  #model: Model
  #drill: string

  constructor(model: Model, drill: string) {
    this.#model = model
    this.#drill = drill
  }

  async fetch(request: Request): Promise<Response> {
    const order = readOrder(
      {
        method: request.method,
        path: new URL(request.url).pathname,
        header: (name) => request.headers.get(name) ?? '',
      },
      await request.text(),
      { secret: this.secret, drill: this.#drill, wall: Date.now() },
    )
    if ('reason' in order) return Response.json({ outcome: 'refused', ...order }, { status: order.status })
    const known = this.carried.find(({ key }) => key === order.key)
    if (order.ask === 'status') return Response.json({ status: known?.applied ? 'it-ran' : 'it-did-not', detail: '' })
    if (known) throw new Error(`${order.key} came twice`)
    const { applied, detail } = this.#model.apply(order.action)
    this.carried.push({ key: order.key, undo: isUndoKey(order.key), action: order.action, applied })
    return applied
      ? Response.json({ outcome: 'ran', detail })
      : Response.json({ outcome: 'refused', reason: 'not-applied', detail }, { status: 422 })
  }
}
