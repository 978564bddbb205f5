import type { IncomingMessage } from 'node:http'
import type { ProvisionEvent } from '../provision/index.ts'

interface Frame {
  /** Where to go on after it; undefined for what the document told. */
  readonly id: string | undefined
  readonly event: ProvisionEvent
}

/** The events of a stream as they come. Ends where the connection does, broken or not: the caller takes it up again. */
export async function* framesOf(response: IncomingMessage): AsyncGenerator<Frame> {
  response.setEncoding('utf8')
  let text = ''
  try {
    for await (const chunk of response) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const frame = text.slice(0, end)
        text = text.slice(end + 2)
        const data = /^data: (.*)$/m.exec(frame)?.[1]
        const id = /^id: (.*)$/m.exec(frame)?.[1]
        if (data !== undefined) yield { id, event: JSON.parse(data) as ProvisionEvent }
      }
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error
  } finally {
    response.destroy()
  }
}
