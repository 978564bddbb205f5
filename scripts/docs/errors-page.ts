import type { FaultEntry, FaultKind } from '../../lib/fault/index.ts'
import type { RoomCatalogue } from './catalogues.ts'

/** In the order in which somebody may do something about them. */
const kinds: Readonly<Record<FaultKind, string>> = {
  invalid: 'the request cannot be right | 400 | 2',
  denied: 'credentials or permissions | 403 | 2',
  missing: 'the object is not there | 404 | 2',
  conflict: 'not in this state, or somebody else’s | 405, as OneForm answers | 2',
  exhausted: 'quota or stock | 409 | 1',
  transient: 'would work later; work under way tries again by itself | 503 | 1',
  broken: 'anything else | 500 | 1',
}

/** docs/errors.md: every code with what it means and what to do. */
export function errorsPage(rooms: readonly RoomCatalogue[]): string {
  return [
    '# Errors',
    '',
    '<!-- Written by `npm run docs` from the catalogues in the rooms’ `faults.ts`; a test holds it equal. -->',
    '',
    'A failure is one sentence: what, which object, what the other side answered with its request id, and what',
    'to do. Where a provision failed, its history and its log have the code in front; the API answers it in the',
    'header `x-edgectl-code`, beside OneForm’s body.',
    'What Scaleway’s support asks for is the request id in brackets.',
    '',
    '| kind | what it is | HTTP status | exit code |',
    '| --- | --- | --- | --- |',
    ...Object.entries(kinds).map(([kind, text]) => `| ${kind} | ${text} |`),
    ...rooms.flatMap(section),
    '',
  ].join('\n')
}

function section({ room, entries }: RoomCatalogue): string[] {
  return [
    '',
    `## ${room}`,
    '',
    '| code | kind | meaning | what to do |',
    '| --- | --- | --- | --- |',
    ...Object.entries(entries).map(row),
  ]
}

function row([code, { kind, meaning, hint }]: [string, FaultEntry]): string {
  return `| ${code} | ${kind} | ${cell(meaning)} | ${cell(hint ?? 'It is tried again by itself.')} |`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
