import { Command, Flags } from '@oclif/core'
import { type Client, createClient } from './client.ts'
import { findEndpoint, type Given } from './endpoint.ts'
import { badRequest, Failure, failed } from './failure.ts'

/** What every command of edgectl shares: where the controller is, who asks, and how failures end. */
export abstract class EdgeCommand extends Command {
  static override enableJsonFlag = true

  static override baseFlags = {
    server: Flags.string({
      summary: 'URL of the controller (else ONEFORM_URL, ~/.one/oneform_endpoint)',
      helpGroup: 'GLOBAL',
    }),
    username: Flags.string({
      summary: 'OpenNebula user (else ONEFORM_USER, ONE_AUTH, ~/.one/one_auth)',
      helpGroup: 'GLOBAL',
    }),
    password: Flags.string({
      summary: 'password or token (else ONEFORM_PASSWORD, ONE_AUTH, ~/.one/one_auth)',
      helpGroup: 'GLOBAL',
    }),
  }

  protected client(given: Given): Client {
    return createClient(findEndpoint(given, process.env))
  }

  /** One sentence on stderr; 2 where the request is at fault, 1 where the world is. */
  protected override async catch(error: Error & { oclif?: { exit?: number } }): Promise<void> {
    const { text, exitCode } = told(error)
    process.stderr.write(`${text}\n`)
    process.exitCode = exitCode
  }
}

/** Any failure of a command as text and exit code. */
export function told(error: Error & { oclif?: { exit?: number } }): {
  text: string
  exitCode: number
} {
  if (error instanceof Failure) return { text: error.message, exitCode: error.exitCode }
  const unknown = /^command (\S+) not found\.?$/i.exec(error.message)?.[1]
  if (unknown !== undefined) return { text: noSuchCommand(unknown), exitCode: badRequest }
  if (error.oclif?.exit === undefined) return { text: error.message, exitCode: failed }
  // the parser spreads what it says over several lines
  return { text: error.message.replace(/\s*\n\s*/g, '; '), exitCode: badRequest }
}

function noSuchCommand(id: string): string {
  const words = id.split(':')
  const topic =
    words.length > 1 && /^(ipam|leaks|provider|provision)$/.test(words[0] ?? '')
      ? ` ${words[0]}`
      : ''
  return `There is no command "${words.join(' ')}"; edgectl${topic} --help lists what there is`
}
