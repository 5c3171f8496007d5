import { parseArgs } from 'node:util';
import { type BuildResult, build } from 'esbuild';

export interface BundleOptions {
  readonly entry: string;
  readonly outfile: string;
  /** Keeps the named points at which tests stop or kill the process; a release has none of them. */
  readonly failpoints: boolean;
}

/**
 * Makes one ESM file for Node 24 out of the entry and all that it imports. `__FAILPOINTS__`
 * becomes a constant, and branches that depend on it are decided here: what only a failpoint
 * reaches is not in a release. Rejects with esbuild's message when a source does not compile.
 */
export function bundle({ entry, outfile, failpoints }: BundleOptions): Promise<BuildResult> {
  return build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    define: { __FAILPOINTS__: String(failpoints) },
    // Identifiers stay whole: stack traces of the controller are read by people.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    logLevel: 'warning',
    // CommonJS dependencies call require() for Node's own modules, which ESM lacks.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { failpoints: { type: 'boolean', default: false } } });
  const { failpoints } = values;
  await bundle({
    entry: 'src/controller/main.ts',
    outfile: failpoints ? 'build/controller.failpoints.mjs' : 'build/controller.mjs',
    failpoints,
  });
}
