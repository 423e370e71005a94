/** How often `bridge/aws` was evaluated in this isolate: 0 until somebody configures it and asks it something. */
export const evaluated = { aws: 0 }
