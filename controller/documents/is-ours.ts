import { engine } from './bodies.ts'

/** Whether a document's body says that it is edgectl's. */
export function isOurs(body: unknown): body is object {
  return (body as { engine?: unknown } | null | undefined)?.engine === engine
}
