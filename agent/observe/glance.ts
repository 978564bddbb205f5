import { answersByName, type Exec, namespacesAtOnce, perlProgram, split } from '../exec/index.ts'
import { hashOf } from '../host/index.ts'
import type { AskedNamespace } from './read-namespaces.ts'
import { unreadable } from './reading.ts'

/** What of the host is glanced at apart; `settings` has what no listener is told of. */
export const hostParts = [
  ...['links', 'addresses', 'routes', 'neighbours', 'rules', 'forwarding'],
  'settings',
] as const satisfies readonly string[]
export type HostPart = (typeof hostParts)[number]

/** What was seen at a glance: digests of parts of the host, and of each namespace by name. */
export interface Glance {
  /** Undefined where not all can be seen like this: legacy iptables tells nobody when it changes. */
  readonly host: ReadonlyMap<HostPart, string> | undefined
  /** Without those that cannot be entered. */
  readonly inside: ReadonlyMap<string, string>
}

/** What of the host to glance at, with these of its settings. */
export interface AskedHost {
  readonly parts: readonly HostPart[]
  readonly keys: readonly string[]
}

/**
 * Digests of what namespaces hold, without starting a program in any of them: half a millisecond each,
 * so all of a full host can be looked at whenever the kernel tells of a change. They say that something
 * changed, not what. Throws EDGE_KERNEL_UNREADABLE when it fails as a whole.
 */
export async function glanceInside(
  exec: Exec,
  asked: readonly AskedNamespace[],
): Promise<Glance['inside']> {
  const count = Math.min(namespacesAtOnce, Math.ceil(asked.length / worthAProcess))
  return glanceInShares(exec, split(asked, count))
}

/** The same of the host and of namespaces. Throws EDGE_KERNEL_UNREADABLE. */
export async function glanceAtAll(
  exec: Exec,
  { parts, keys }: AskedHost,
  asked: readonly AskedNamespace[],
): Promise<Glance> {
  const host = parts.map((part) => ({ name: `:${part}`, keys: part === 'settings' ? keys : [] }))
  // A process enters namespaces and does not come back: the host comes first.
  const shares =
    asked.length < worthAProcess ? [[...host, ...asked]] : [host, ...split(asked, namespacesAtOnce)]
  const found = await glanceInShares(exec, shares)
  const digests = parts.flatMap((part): [HostPart, string][] => {
    const digest = found.get(`:${part}`)
    return digest === undefined ? [] : [[part, digest]]
  })
  return {
    host: digests.length === parts.length ? new Map(digests) : undefined,
    inside: new Map([...found].filter(([name]) => !name.startsWith(':'))),
  }
}

/** To start a process takes as long as to look at some dozens of namespaces. */
const worthAProcess = 200

async function glanceInShares(
  exec: Exec,
  shares: readonly (readonly AskedNamespace[])[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    shares.map(async (share) => {
      const words = share.flatMap(({ name, keys }) => [name, keys.filter(isApart).join(' ')])
      const { code, stdout, stderr } = await exec.run(perlProgram(program, words))
      if (code !== 0) throw unreadable('a glance by perl', stderr)
      return [...answersByName(stdout)].filter(([, text]) => text !== '')
    }),
  )
  return new Map(found.flat().map(([name, text]) => [name, hashOf(text)]))
}

/** Settings of a device come with the device. */
const isApart = (key: string): boolean => !/^net\/ipv[46]\/conf\/(?!(all|default)\/)/.test(key)

/**
 * Asks the kernel over netlink (rtnetlink(7)) as `ip` does, keeps what does not change by itself, and
 * prints it as text (uuencoded). Of nft only the number of the ruleset's generation (NFT_MSG_GETGEN), which
 * grows with every transaction. Names and keys are arguments; `:links` is a part of the host.
 */
const program = String.raw`
my ($dump, $multi, $interrupted) = (0x301, 2, 0x10);
my ($done, $failed) = (3, 2);

sub ask {
  my ($socket, $type, $flags, $question) = @_;
  my @answer;
  send $socket, pack('LSSLL', 16 + length $question, $type, $flags, 0, 0) . $question, 0 or die;
  while (1) {
    defined recv $socket, my $data, 1 << 17, 0 or die;
    for (my $at = 0; $at + 16 <= length $data;) {
      my ($length, $kind, $its) = unpack 'LSS', substr $data, $at, 8;
      die if $length < 16 || $kind == $failed || $its & $interrupted;
      return @answer if $kind == $done;
      push @answer, substr $data, $at + 16, $length - 16;
      return @answer unless $its & $multi;
      $at += ($length + 3) & ~3;
    }
  }
}

# Attributes by a tree of their types, whole or what is in them: the others count packets or seconds.
sub pick {
  my ($data, $tree) = @_;
  my $text = '';
  for (my $at = 0; $at + 4 <= length $data;) {
    my ($length, $type) = unpack 'SS', substr $data, $at, 4;
    last if $length < 4;
    if (my $what = $tree->{$type & 0x3fff}) {
      my $found = substr $data, $at + 4, $length - 4;
      $found = ref $what eq 'CODE' ? $what->($found) : pick($found, $what) if ref $what;
      $text .= pack('SL', $type, length $found) . $found;
    }
    $at += ($length + 3) & ~3;
  }
  return $text;
}

sub only {
  my ($head, $tree, @messages) = @_;
  return map { substr($_, 0, $head) . pick(substr($_, $head), $tree) } @messages;
}

# Name, address, MTU, parent, master, alias, group, other names; settings of IPv4, and whether IPv6 is off.
my %plain = ((map { $_ => 1 } 1, 3, 4, 5, 10, 20, 27, 37, 52), 26 => { 2 => { 1 => 1 } });
$plain{26}{10} = { 2 => sub { substr $_[0], 4 * 26, 4 } };
my %member = (4 => 1, 5 => { 8 => 1, 32 => 1, 33 => 1 });
# A bridge's data and a port's are full of timers.
my %any = (%plain, 18 => { 1 => 1, %member });
my %bridge = (%plain, 18 => { 1 => 1, 2 => { 1 => 1, 5 => 1, 23 => 1 }, %member });
my %tunnel = (%plain, 18 => { 1 => 1, 2 => 1, %member });
sub links {
  return map {
    my $tree = /vx?lan\0/ ? \%tunnel : /\x0b\x00\x01\x00bridge\x00/ ? \%bridge : \%any;
    only(16, $tree, $_);
  } @_;
}

my ($route, $filter);
# Sockets belong to the namespace they are made in.
sub connect_here {
  return socket($route, 16, 3, 0) && socket($filter, 16, 3, 12);
}
sub asked { return ask($route, $_[0], $dump, $_[1]) }

my %entry = (1 => 1, 2 => 1);
my %look = (
  # Without the counters of IPv6 (RTEXT_FILTER_SKIP_STATS).
  links => sub { links(asked(18, pack 'x16SSL', 8, 29, 8)) },
  # IPv4's: others are none of ours, and come, prove to be free and age by themselves.
  addresses => sub { only(8, \%entry, asked(22, pack 'Cx7', 2)) },
  routes => sub { asked(26, pack 'Cx11', 2) },
  neighbours => sub {
    my @known = grep { unpack('x8S', $_) & 0x80 } asked(30, pack 'x12');
    (only(12, \%entry, @known), '', only(12, \%entry, asked(30, pack 'x10Cx', 8)));
  },
  rules => sub { asked(34, pack 'Cx11', 2) },
  # Static ones, and permanent ones that lead to another host, but for FRR's (NTF_EXT_LEARNED).
  forwarding => sub {
    map { only(12, { 1 => 1, 2 => 1, 8 => 1, 15 => 1 }, $_) }
      grep { !(unpack('x10C', $_) & 0x10) && (unpack('x8S', $_) & 0x40 || unpack('x8S', $_) & 0x80 && /\x08\x00\x01\x00/) }
      asked(30, pack 'Cx11', 7);
  },
  settings => sub {
    my @values = map { my $file; open($file, '<', "/proc/sys/$_") ? scalar <$file> : '' } @_;
    (only(4, { 1 => 1 }, ask($filter, 10 << 8 | 16, 1, pack 'x4')), '', @values);
  },
);
my @inside = ('links', 'addresses', 'routes', 'neighbours', 'settings');

sub names_and_legacy {
  my ($names, $legacy);
  opendir $names, '/run/netns';
  die if open($legacy, '<', '/proc/net/ip_tables_names') && grep { $_ eq "filter\n" } <$legacy>;
  return sort readdir $names;
}

connect_here();
while (my ($name, $keys) = splice @ARGV, 0, 2) {
  print "\1$name\0";
  my ($part) = $name =~ /^:(.*)/;
  defined $part or enter($name) && connect_here() or next;
  my @keys = split / /, $keys;
  my @found = eval {
    return map { ($look{$_}->(@keys), '') } @inside unless defined $part;
    return ($look{$part}->(@keys), '', $part eq 'settings' ? names_and_legacy() : ());
  };
  # Also where there is nothing.
  print pack 'u', join "\0", 'seen', @found unless $@;
}
`
