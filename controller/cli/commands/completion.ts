import { Args, Flags } from '@oclif/core'
import {
  bashScript,
  everything,
  fishScript,
  objectLines,
  placesOf,
  zshScript,
} from '../completion/index.ts'
import { EdgeCommand } from '../edge-command.ts'
import { badRequest, Failure } from '../failure.ts'
import { topics } from '../topics.ts'

const scripts = { bash: bashScript, fish: fishScript, zsh: zshScript } as const
const shells = Object.keys(scripts)

export default class Completion extends EdgeCommand {
  static override summary = 'Print what lets a shell complete commands, flags and ids'
  static override description =
    'scripts/install-frontend installs it for bash. For zsh it belongs into a directory of fpath, as _edgectl; ' +
    'for fish into ~/.config/fish/completions, as edgectl.fish. Ids and names of providers and provisions are ' +
    'asked of the controller; when it does not answer at once, none are shown.'
  static override examples = [
    '<%= config.bin %> completion zsh > /usr/local/share/zsh/site-functions/_edgectl',
    'source <(<%= config.bin %> completion bash)',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/edgectl.fish',
  ]
  static override enableJsonFlag = false
  static override args = {
    shell: Args.string({ options: shells, description: 'the shell to print it for' }),
  }
  static override flags = {
    list: Flags.string({
      options: ['providers', 'provisions'],
      summary: 'print their ids and names, as the scripts ask',
      hidden: true,
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Completion)
    if (flags.list === 'providers' || flags.list === 'provisions') {
      for (const line of await objectLines(() => this.client(flags), flags.list)) this.log(line)
      return
    }
    if (args.shell === undefined)
      throw new Failure(`Name the shell to print it for: ${shells.join(', ')}`, badRequest)
    const script = scripts[args.shell as keyof typeof scripts]
    process.stdout.write(script(placesOf(everything, topics)))
  }
}
