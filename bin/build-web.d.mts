export function buildWeb(root?: string): Promise<'built' | 'fresh'>
