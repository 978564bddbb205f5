import {
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, parse, resolve } from 'node:path'
import { build } from 'esbuild'
import { stockNames } from '../controller/cli/program.ts'
import { packAgent } from './build/agent-package.ts'
import { bundles } from './build/bundles.ts'
import { lateBuiltins } from './build/late-builtins.ts'
import { sideEffectFree } from './build/side-effect-free.ts'

const root = resolve(import.meta.dirname, '..')
const dist = join(root, 'dist')
const node = join(root, `node_modules/node-linux-${process.arch}/bin/node`)

/** Some dependencies are CommonJS and call require; an ES module has none unless it makes one. */
const requireInEsm = [
  "import { createRequire as __createRequire } from 'node:module'",
  "import { dirname as __dirnameOf } from 'node:path'",
  "import { fileURLToPath as __toPath } from 'node:url'",
  'const require = __createRequire(import.meta.url)',
  'const __filename = __toPath(import.meta.url)',
  'const __dirname = __dirnameOf(__filename)',
].join('\n')

await main()

/** Bundles every program into dist/; the agent's package is packed again only when its parts changed. */
async function main(): Promise<void> {
  const started = performance.now()
  await mkdir(dist, { recursive: true })
  await Promise.all(bundles.map(bundleOne))
  await cp(join(root, 'ipam/elastic'), join(dist, 'elastic'), { recursive: true })
  // Drivers have no file extension; without this, Node would take them for ES modules as our root says.
  await writeFile(join(dist, 'remotes/package.json'), '{"type":"commonjs"}\n')
  await link(node, join(dist, 'node'))
  await mkdir(join(dist, 'names'), { recursive: true })
  for (const name of Object.keys(stockNames))
    await link('../cli/edgectl.mjs', join(dist, 'names', name))
  const parts = { node, bundle: join(dist, 'agent/agent.cjs'), dist, version: await version() }
  const agent = await packAgent(parts)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`Built ${bundles.length} programs and ${agent} in ${seconds} s`)
}

async function bundleOne(bundle: (typeof bundles)[number]): Promise<void> {
  const outfile = join(dist, bundle.out)
  const result = await build({
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: bundle.format,
    write: false,
    legalComments: 'none',
    logLevel: 'warning',
    minifySyntax: true,
    minifyWhitespace: bundle.minify !== undefined,
    minifyIdentifiers: bundle.minify === true,
    keepNames: bundle.minify === true,
    ...(bundle.chunks ? inChunks(outfile) : { outfile }),
    external: bundle.external ?? [],
    plugins: [
      sideEffectFree(/^@scaleway\//),
      ...(bundle.late === undefined ? [] : [lateBuiltins(bundle.late)]),
    ],
    define: { 'process.env.EDGECTL_VERSION': JSON.stringify(await version()) },
    // The last line of every program says its version, also where nobody may run it.
    footer: { js: `// edgectl ${await version()}` },
    ...(bundle.format === 'esm' ? { banner: { js: requireInEsm } } : {}),
  })
  const output = result.outputFiles.find(({ path }) => path === outfile)
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${bundle.entry}`)
  const text = bundle.executable ? `${interpreterLine(node)}\n${output.text}` : output.text
  await mkdir(dirname(outfile), { recursive: true })
  // before the file that imports them
  for (const chunk of result.outputFiles)
    if (chunk !== output) await replaceFile(chunk.path, chunk.text, 0o644)
  await replaceFile(outfile, text, bundle.executable ? 0o755 : 0o644)
  if (bundle.chunks) await removeOthers(outfile, result.outputFiles)
}

/** `commands.mjs` and, beside it, `commands-<hash>.mjs`. */
function inChunks(outfile: string) {
  const { name, ext } = parse(outfile)
  return {
    ...{ splitting: true, outdir: dirname(outfile), entryNames: name },
    ...{ chunkNames: `${name}-[hash]`, outExtension: { '.js': ext } },
  }
}

/** Removes the chunks of older builds. */
async function removeOthers(outfile: string, kept: readonly { path: string }[]): Promise<void> {
  const { dir, name, ext } = parse(outfile)
  for (const file of await readdir(dir)) {
    const path = join(dir, file)
    const chunk = file.startsWith(`${name}-`) && file.endsWith(ext)
    if (chunk && !kept.some((one) => one.path === path)) await rm(path)
  }
}

/**
 * The kernel ends an interpreter's name at the first blank and cuts long ones: then a shell starts it,
 * by a line that JavaScript takes for a string and a comment.
 */
function interpreterLine(path: string): string {
  if (!/\s/.test(path) && path.length < 120) return `#!${path}`
  return `#!/bin/sh\n':' //; exec '${path.replaceAll("'", `'\\''`)}' "$0" "$@"`
}

/** Writes beside and renames, so that a program started meanwhile is the old one or the new one. */
async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`
  await writeFile(beside, text)
  await chmod(beside, mode)
  await rename(beside, path)
}

async function link(target: string, path: string): Promise<void> {
  await stat(resolve(path, '..', target))
  const beside = `${path}.${process.pid}.tmp`
  await rm(beside, { force: true })
  await symlink(target, beside)
  await rename(beside, path)
}

async function version(): Promise<string> {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version
}
