import { styleText } from 'node:util'

type Colour = Parameters<typeof styleText>[0]

/** What goes to stdout, in colour; Node itself looks whether it is a terminal, and at NO_COLOR and FORCE_COLOR. */
export function coloured(colour: Colour, text: string): string {
  return styleText(colour, text, { stream: process.stdout })
}

/** What a table or a section begins with. */
export function heading(text: string): string {
  return coloured(['bold', 'underline'], text)
}

/** A state as OpenNebula's lists have it: green when all is well, red when something failed. */
export function stateColour(state: string): string {
  const colour = /^(RUNNING|ENABLED)\b/.test(state)
    ? 'green'
    : /^\w*(FAILURE|ERROR)\b/.test(state)
      ? 'red'
      : undefined
  return colour === undefined ? state : coloured(colour, state)
}

/** Writes a line on stderr, in red: something failed. */
export function tellFailure(text: string): void {
  process.stderr.write(`${styleText('red', text, { stream: process.stderr })}\n`)
}
