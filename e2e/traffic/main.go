// Command traffic makes and counts packets for the end-to-end tests, outside the tool under test.
//
// It runs in application pods (`serve`, then `send`, `bulk` and `stats` through Kubernetes exec, which
// a fault on the pod's interface does not touch), on the host of the lab, and on the node (`watch`, which
// reports what the kernel announces about qdiscs in every pod's network namespace). `send`, `bulk` and
// `stats` print one JSON object on stdout and exit 0; every verb prints its error on stderr and exits 1,
// 2 for usage.
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
		return fmt.Errorf("%w: traffic serve | send | bulk | stats | watch (each takes -h)", errUsage)
	}
	flags := flag.NewFlagSet("traffic "+args[0], flag.ContinueOnError)
	var result any
	var err error
	switch args[0] {
	case "serve":
		return serveCommand(flags, args[1:])
	case "watch":
		return watchCommand(flags, args[1:])
	case "send":
		result, err = sendCommand(flags, args[1:])
	case "bulk":
		result, err = bulkCommand(flags, args[1:])
	case "stats":
		result, err = statsCommand(flags, args[1:])
	default:
		return fmt.Errorf("%w: unknown verb %q", errUsage, args[0])
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result)
}

// parse reads flags and turns every mistake into errUsage.
func parse(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w: %s: %v", errUsage, flags.Name(), err)
	}
	return nil
}
