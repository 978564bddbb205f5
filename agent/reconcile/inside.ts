import { answersByName, type Exec, perlProgram, troubleOf } from '../exec/index.ts'
import { ipLines } from '../link/index.ts'
import { renderChanges, renderRemoval, renderTables } from '../nat/index.ts'
import type { NetworkStep } from '../plan/index.ts'
import { failure, sentences } from './failure.ts'
import { patienceMs } from './patience.ts'

/** Steps of one stack: a router namespace's, or the host's (null). */
export interface Share {
  readonly at: string | null
  readonly steps: readonly NetworkStep[]
}

/**
 * Everything of some stacks in one process, one after the other: of each its sysctls, its nft
 * transaction and its ip lines. What failed, one sentence for each stack; the others are brought about.
 * A host of namespaces comes last: its process does not come back out of them.
 */
export async function inside(
  exec: Exec,
  shares: readonly Share[],
): Promise<Map<string | null, string>> {
  const facts = await exec.run(perlProgram(program), {
    input: shares.map(frameOf).join(''),
    deadlineMs: patienceMs(shares.flatMap(({ steps }) => steps)),
  })
  const ended = answersByName(facts.stdout)
  const said = answersByName(facts.stderr)
  const failed = shares.filter(({ at }) => ended.get(at ?? '') !== '0')
  return new Map(
    failed.map(({ at, steps }) => {
      const what = at === null ? sentences(steps) : `bring about the inside of ${at}`
      const stderr = said.get(at ?? '') ?? troubleOf(facts)
      return [at, failure(what, { ...facts, stderr })]
    }),
  )
}

/** A line with the name and three lengths in bytes, and what has these lengths. */
function frameOf({ at, steps }: Share): string {
  const settings = steps.flatMap((step) =>
    step.kind === 'sysctl-set' ? [`${step.optional ? '?' : '!'}${step.key}=${step.value}`] : [],
  )
  const texts = [settings.join('\n'), rulesOf(steps), linesOf(steps)]
  const lengths = texts.map((text) => Buffer.byteLength(text))
  return [`${[at ?? '', ...lengths].join('\t')}\n`, ...texts].join('')
}

/** Fixed; values never become text of it. */
const program = String.raw`
sub bring {
  my ($name, $settings, $rules, $lines) = @_;
  $name eq '' or enter($name) or return 0;
  my $is_well = 1;
  for (split /\n/, $settings) {
    my ($must, $key, $value) = /^(.)([^=]*)=(.*)$/;
    my $file;
    next if open($file, '>', "/proc/sys/$key") && syswrite $file, "$value\n";
    $is_well = complain("$key cannot be set: $!") if $must eq '!';
  }
  $is_well = 0 if $rules ne '' && !feed($rules, qw(nft -f -));
  $is_well = 0 if $lines ne '' && !feed($lines, qw(ip -force -batch -));
  return $is_well;
}
binmode STDIN;
while (defined(my $head = <STDIN>)) {
  chomp $head;
  my ($name, @lengths) = split /\t/, $head;
  my @texts = map { my $text = ''; read STDIN, $text, $_; $text } @lengths;
  # Whoever wrote it died: half a line would be another one.
  last if join(',', map { length } @texts) ne join(',', @lengths);
  print STDERR "\1$name\0";
  my $is_well = bring($name, @texts);
  print "\1$name\0", $is_well ? 0 : 1;
}
`

/** The transaction that steps of nft make together. */
export function rulesOf(steps: readonly NetworkStep[]): string {
  return steps
    .map((step) => {
      if (step.kind === 'table-set') return renderTables([step.table])
      if (step.kind === 'table-change') return renderChanges(step, step.changes)
      return step.kind === 'table-delete' ? renderRemoval(step) : ''
    })
    .join('')
}

/** The lines of `ip -batch` of all steps. */
export const linesOf = (steps: readonly NetworkStep[]): string =>
  steps
    .flatMap(ipLines)
    .map((line) => `${line}\n`)
    .join('')
