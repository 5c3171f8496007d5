/** As the kernel's filters tell packets apart. */
export type Family = 'ip' | 'ipv6';

/** An address in numbers: four of 8 bits (IPv4) or eight of 16 (IPv6). */
export interface Address {
  readonly family: Family;
  readonly units: readonly number[];
}

/** A range of addresses that begin alike. */
export interface Cidr {
  readonly family: Family;
  /** The length of what they have in common, in bits. */
  readonly bits: number;
  /** One text for each range: in the form of RFC 5952, without bits beyond the length; one address goes without a length. */
  readonly text: string;
  /** False for every address of the other family. */
  readonly contains: (address: Address) => boolean;
}

const WIDTH = { ip: 8, ipv6: 16 } as const;

/**
 * The range that `10.32.0.0/16`, `fd00::/8` or `10.0.0.7` means; undefined for everything else: zeros that lead a number
 * (some read them as octal), zones, and IPv4 in the form of IPv6 (`::ffff:10.0.0.7`), which no packet carries.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [addressText = '', length, ...more] = text.split('/');
  const address = parseAddress(addressText);
  if (address === undefined || more.length > 0) return undefined;
  const { family } = address;
  const most = WIDTH[family] * address.units.length;
  if (length !== undefined && !/^(?:0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return undefined;
  const common = cut(address, bits);
  const base = formatAddress({ family, units: common });
  return {
    family,
    bits,
    text: bits === most ? base : `${base}/${bits}`,
    contains: (other) =>
      other.family === family && cut(other, bits).every((unit, at) => unit === common[at]),
  };
}

/** The address of a text such as `10.0.0.7` or `fd00::7`; undefined for what {@link parseCidr} takes for no address. */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(':')) {
    const units = parseV4(text);
    return units && { family: 'ip', units };
  }
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  // Only the last group of all may be an address of IPv4.
  const first = parseGroups(head, tail === undefined);
  const last = parseGroups(tail ?? '', true);
  if (first === undefined || last === undefined) return undefined;
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const units = [...first, ...Array.from({ length: missing }, () => 0), ...last];
  const isMapped = units.slice(0, 5).every((unit) => unit === 0) && units[5] === 0xffff;
  return isMapped ? undefined : { family: 'ipv6', units };
}

/** The address as RFC 5952 has it: the longest run of zeros, the first of equals, is left out. */
export function formatAddress({ family, units }: Address): string {
  if (family === 'ip') return units.join('.');
  let run = { at: 0, length: 0 };
  for (let at = 0; at < units.length; at += 1) {
    let length = 0;
    while (units[at + length] === 0) length += 1;
    if (length > run.length) run = { at, length };
  }
  const hex = (part: readonly number[]) => part.map((unit) => unit.toString(16)).join(':');
  if (run.length < 2) return hex(units);
  return `${hex(units.slice(0, run.at))}::${hex(units.slice(run.at + run.length))}`;
}

/** The first `bits` bits of the address, and zeros for the rest. */
function cut({ family, units }: Address, bits: number): readonly number[] {
  const width = WIDTH[family];
  return units.map((unit, at) => {
    const kept = Math.min(width, Math.max(0, bits - at * width));
    return unit & ~(2 ** (width - kept) - 1);
  });
}

function parseV4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  const units = parts.map((part) => (/^(?:0|[1-9][0-9]{0,2})$/.test(part) ? Number(part) : 256));
  return parts.length === 4 && units.every((unit) => unit < 256) ? units : undefined;
}

function parseGroups(text: string, mayEndInV4: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const units: number[] = [];
  const groups = text.split(':');
  for (const [at, group] of groups.entries()) {
    if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      units.push(Number.parseInt(group, 16));
      continue;
    }
    const v4 = mayEndInV4 && at === groups.length - 1 ? parseV4(group) : undefined;
    const [a, b, c, d] = v4 ?? [];
    if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
    units.push(a * 256 + b, c * 256 + d);
  }
  return units;
}
