// Command traffic makes and counts packets for the end-to-end tests, outside the tool under test.
//
// It runs in application pods (`serve`, then `send`, `bulk`, `try`, `ping` and `stats` through Kubernetes exec,
// which a fault on the pod's interface does not touch), on the host of the lab, and on the node (`watch`,
// which reports what the kernel announces about qdiscs in every pod's network namespace). `send`, `bulk`,
// `try`, `ping` and `stats` print one JSON object on stdout and exit 0; `control` runs them by lines of its
// stdin; every verb prints its error on stderr and exits 1, 2 for usage.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
)

// errUsage marks mistakes in the arguments; they exit 2.
var errUsage = errors.New("usage")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "traffic:", err)
		if errors.Is(err, errUsage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: traffic serve | send | bulk | try | ping | stats | control | watch (each takes -h)", errUsage)
	}
	switch args[0] {
	case "serve":
		return serveCommand(flagsOf(args[0]), args[1:])
	case "watch":
		return watchCommand(flagsOf(args[0]), args[1:])
	case "control":
		return controlCommand(flagsOf(args[0]), args[1:])
	}
	result, err := perform(args)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// perform runs a verb that has a result, and comes to an end by itself.
func perform(args []string) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("%w: a verb is missing", errUsage)
	}
	flags := flagsOf(args[0])
	switch args[0] {
	case "send":
		return sendCommand(flags, args[1:])
	case "bulk":
		return bulkCommand(flags, args[1:])
	case "try":
		return tryCommand(flags, args[1:])
	case "ping":
		return pingCommand(flags, args[1:])
	case "stats":
		return statsCommand(flags, args[1:])
	}
	return nil, fmt.Errorf("%w: unknown verb %q", errUsage, args[0])
}

func flagsOf(verb string) *flag.FlagSet {
	return flag.NewFlagSet("traffic "+verb, flag.ContinueOnError)
}

// parse reads flags and turns every mistake into errUsage.
func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w: %s: %v", errUsage, flags.Name(), err)
	}
	return nil
}
