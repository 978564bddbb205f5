import { styleText } from 'node:util'

// Node itself looks whether the stream is a terminal, and at NO_COLOR and FORCE_COLOR.

/** What a table or a section begins with. */
export function heading(text: string): string {
  return styleText(['bold', 'underline'], text, { stream: process.stdout })
}

/** A state as OpenNebula's lists have it: green when all is well, red when something failed. */
export function stateColour(state: string): string {
  const colour = /^(RUNNING|ENABLED)\b/.test(state)
    ? 'green'
    : /^\w*(FAILURE|ERROR)\b/.test(state)
      ? 'red'
      : undefined
  return colour === undefined ? state : styleText(colour, state, { stream: process.stdout })
}

/** Writes a line on stderr, in red: something failed. */
export function tellFailure(text: string): void {
  process.stderr.write(`${styleText('red', text, { stream: process.stderr })}\n`)
}
