/** The value of a flag that takes a whole number; throws a TypeError that says what it takes. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < least || value > most) {
    throw new TypeError(`${flag} ${text}: takes a whole number from ${least} to ${most}`);
  }
  return value;
}

export const MAX_PORT = 65_535;
