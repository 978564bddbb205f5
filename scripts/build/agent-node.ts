/**
 * How the agent's Node is started: it lives beside VMs for years and thinks for milliseconds. V8 keeps a
 * small heap, and interprets: its compilers' code, what they make and what they write down for it are
 * 9 MB at rest (v8.dev/blog/v8-lite). There is no WebAssembly then; the agent has none.
 */
export const agentNodeFlags = ['--optimize-for-size', '--lite-mode'] as const

/** glibc gives back what it has freed, and shares one heap among Node's threads: 5 MB less at rest. */
export const agentEnvironment = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_TOP_PAD_: '16384',
  MALLOC_MMAP_THRESHOLD_: '65536',
} as const
