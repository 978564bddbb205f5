import { ipamActions } from '../../ipam/wire/actions.ts'

export interface Bundle {
  readonly entry: string
  /** Path inside dist/. */
  readonly out: string
  readonly format: 'esm' | 'cjs'
  /** Gets the shipped Node as its interpreter and the x bit. */
  readonly executable?: boolean
  /** Where parsing is a good part of the start; `blanks` keeps the names for whoever reads a stack. */
  readonly minify?: true | 'blanks'
  readonly external?: readonly string[] & string[]
  /** What is imported when it is needed lies in files of its own beside, so that a start does not read it. */
  readonly chunks?: true
  /** Modules of Node that are loaded when they are used. */
  readonly late?: readonly string[]
}

/** Every program that is shipped: one file each, so that starting it reads one file. */
export const bundles: readonly Bundle[] = [
  {
    ...{ entry: 'controller/main.ts', out: 'controller/edgectld.mjs', format: 'esm' },
    ...{ executable: true, minify: 'blanks' },
  },
  { entry: 'controller/cli/start.ts', out: 'cli/edgectl.mjs', format: 'esm', executable: true },
  {
    ...{ entry: 'controller/cli/main.ts', out: 'cli/commands.mjs', format: 'esm' },
    ...{ minify: true, chunks: true },
  },
  {
    ...{ entry: 'agent/main.ts', out: 'agent/agent.cjs', format: 'cjs' },
    ...{ minify: 'blanks', late: ['https', 'tls'] },
  },
  ...ipamActions.map(
    (action): Bundle => ({
      entry: `ipam/bin/${action}.ts`,
      out: `remotes/ipam/scaleway/${action}`,
      format: 'cjs',
      executable: true,
      minify: 'blanks',
    }),
  ),
]
